import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { plainItem } from "../table/plain-item.ts";

/** Record of the table's stream, with the fields that the collector reads. */
export interface StreamRecord {
  readonly dynamodb?:
    | {
        readonly NewImage?: Readonly<Record<string, AttributeValue>>;
        /** Epoch seconds, by DynamoDB. */
        readonly ApproximateCreationDateTime?: number | undefined;
      }
    | undefined;
}

/** Reads the items that the records of a stream put into the table. */
export const newItems = (records: readonly StreamRecord[]): readonly ReturnType<typeof plainItem>[] =>
  records.flatMap(({ dynamodb }) => (dynamodb?.NewImage ? [plainItem(dynamodb.NewImage)] : []));
