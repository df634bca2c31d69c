import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DeleteItemCommandInput,
  GetItemCommandInput,
  GetItemCommandOutput,
  PutItemCommandInput,
  QueryCommandInput,
  QueryCommandOutput,
  TransactWriteItemsCommandInput,
  UpdateItemCommandInput,
  UpdateItemCommandOutput,
} from "@aws-sdk/client-dynamodb";

/** Inputs of the DynamoDB operations that the table uses, with AWS's own shapes. No item has a binary attribute. */
export interface TableInputs {
  readonly GetItem: GetItemCommandInput;
  readonly BatchGetItem: BatchGetItemCommandInput;
  readonly Query: QueryCommandInput;
  readonly PutItem: PutItemCommandInput;
  readonly UpdateItem: UpdateItemCommandInput;
  readonly DeleteItem: DeleteItemCommandInput;
  readonly TransactWriteItems: TransactWriteItemsCommandInput;
}

export interface TableOutputs {
  readonly GetItem: Pick<GetItemCommandOutput, "Item">;
  readonly BatchGetItem: Pick<BatchGetItemCommandOutput, "Responses" | "UnprocessedKeys">;
  readonly Query: Pick<QueryCommandOutput, "Items" | "LastEvaluatedKey">;
  readonly PutItem: object;
  readonly UpdateItem: Pick<UpdateItemCommandOutput, "Attributes">;
  readonly DeleteItem: object;
  readonly TransactWriteItems: object;
}

export type TableOperation = keyof TableInputs;

/** Client of DynamoDB: the SDK's, or the small one of the path of a vend. */
export interface TableClient {
  /**
   * Calls DynamoDB, with retries where these may help.
   * @throws {Error} named by AWS's code, with `CancellationReasons` where a transaction was cancelled.
   */
  send<O extends TableOperation>(operation: O, input: TableInputs[O]): Promise<TableOutputs[O]>;
}
