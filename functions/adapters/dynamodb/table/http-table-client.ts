import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import { AwsFault } from "../../aws/aws-fault.ts";
import { AwsService } from "../../aws/aws-service.ts";
import { jsonFaultOf } from "../../aws/json-fault.ts";
import type { Answer } from "../../aws/post.ts";
import { DynamoTable } from "./dynamo-table.ts";
import { TABLE_BOUNDS, type WholeTableBounds } from "./table-bounds.ts";
import type { TableClient, TableInputs, TableOperation, TableOutputs } from "./table-client.ts";

/**
 * Small client of DynamoDB (AWS JSON 1.0), for vends and endings: its bound of a whole call allows more attempts. Inputs and outputs are DynamoDB's own JSON, since no attribute is binary.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
class HttpTableClient implements TableClient {
  readonly #service: AwsService;

  constructor(bounds: WholeTableBounds) {
    this.#service = new AwsService("dynamodb", bounds, jsonFaultOf, intact);
  }

  async send<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<TableOutputs[O]> {
    // Adds a token, as the SDK does: DynamoDB then performs a transaction that is repeated after a lost answer only
    // once.
    const whole = operation === "TransactWriteItems" ? { ClientRequestToken: randomUUID(), ...input } : input;
    const answer = await this.#service.send(
      { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` },
      JSON.stringify(whole),
    );
    return JSON.parse(answer) as TableOutputs[O];
  }
}

/** Compares the answer with the checksum that DynamoDB sends with it. */
function intact({ headers, body }: Answer): void {
  const checksum = headers["x-amz-crc32"];
  if (checksum !== undefined && Number(checksum) !== crc32(body)) throw new AwsFault("DamagedAnswer");
}

/**
 * Makes the table over the small client.
 * @param reads in batches or one by one; only the exchange has the right to read in batches.
 */
export const httpTable = (
  name: string,
  reads: { readonly isBatching?: boolean } = {},
  bounds: WholeTableBounds = TABLE_BOUNDS,
): DynamoTable => new DynamoTable(name, new HttpTableClient(bounds), reads);
