import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { DynamoTable } from "./dynamo-table.ts";
import { TABLE_BOUNDS, type TableBounds } from "./table-bounds.ts";
import type { TableClient, TableInputs, TableOperation, TableOutputs } from "./table-client.ts";

/** AWS's SDK as the table's client, for functions that neither vend nor end anything. */
class SdkTableClient implements TableClient {
  readonly #client: DynamoDBClient;

  constructor({ attempts, connectMs, attemptMs }: TableBounds) {
    this.#client = new DynamoDBClient({
      maxAttempts: attempts,
      requestHandler: { connectionTimeout: connectMs, requestTimeout: attemptMs, throwOnRequestTimeout: true },
    });
  }

  readonly #calls: { readonly [O in TableOperation]: (input: TableInputs[O]) => Promise<TableOutputs[O]> } = {
    GetItem: (input) => this.#client.send(new GetItemCommand(input)),
    BatchGetItem: (input) => this.#client.send(new BatchGetItemCommand(input)),
    Query: (input) => this.#client.send(new QueryCommand(input)),
    PutItem: (input) => this.#client.send(new PutItemCommand(input)),
    UpdateItem: (input) => this.#client.send(new UpdateItemCommand(input)),
    DeleteItem: (input) => this.#client.send(new DeleteItemCommand(input)),
    TransactWriteItems: (input) => this.#client.send(new TransactWriteItemsCommand(input)),
  };

  async send<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<TableOutputs[O]> {
    try {
      return await this.#calls[operation](input);
    } catch (error) {
      if (!isClosedConnection(error)) throw error;
      return this.#calls[operation](input);
    }
  }
}

/**
 * True where AWS had closed the connection that a call took. A Lambda that was frozen for minutes finds its idle
 * connections so. That is no load on the table, so even a client of one attempt tries again, once.
 */
const isClosedConnection = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");

/** Makes the table over AWS's SDK. */
export const sdkTable = (name: string, bounds: TableBounds = TABLE_BOUNDS): DynamoTable =>
  new DynamoTable(name, new SdkTableClient(bounds));
