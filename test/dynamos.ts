import { hasDynoxide } from "../local/emulator/dynamodb/dynoxide.ts";

/** DynamoDBs of the embedded AWS on this machine; dynoxide exists for Linux on x64 alone. */
export const DYNAMOS = hasDynoxide() ? (["dynoxide", "in-process"] as const) : (["in-process"] as const);
