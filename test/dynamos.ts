import { chooseDynamo, type DynamoChoice } from "../local/emulator/dynamodb/dynamo-backends.ts";
import { hasDynoxide } from "../local/emulator/dynamodb/dynoxide.ts";

/**
 * DynamoDBs that the contracts are run on: the one at DYNAMODB_ENDPOINT alone, else those of the embedded AWS on this
 * machine. dynoxide exists for Linux on x64 alone.
 */
export const DYNAMOS: readonly DynamoChoice[] = process.env.DYNAMODB_ENDPOINT
  ? [chooseDynamo()]
  : hasDynoxide()
    ? ["dynoxide", "in-process"]
    : ["in-process"];

/** Name of a DynamoDB in the title of a test. */
export const dynamoName = (dynamo: DynamoChoice): string => (typeof dynamo === "string" ? dynamo : "DYNAMODB_ENDPOINT");
