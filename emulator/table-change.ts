/** A DynamoDB value as it is on the wire (and in a stream record): binary in base64, numbers as text. */
export interface AttributeValue {
  readonly S?: string;
  readonly N?: string;
  readonly B?: string;
  readonly BOOL?: boolean;
  readonly NULL?: boolean;
  readonly SS?: string[];
  readonly NS?: string[];
  readonly BS?: string[];
  readonly L?: AttributeValue[];
  readonly M?: Record<string, AttributeValue>;
}

export type Item = Record<string, AttributeValue>;

/** One item that a successful write changed, as a stream of the table would tell it. */
export interface TableChange {
  readonly account: string;
  readonly table: string;
  readonly operation: "Put" | "Update" | "Delete";
  readonly keys: Item;
  /** A Delete that nobody asked for: the item's TTL had passed. */
  readonly isByTtl?: true;
  /** The new image; known for a Put, and for an Update where it was asked for. */
  readonly item?: Item;
}
