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

/** One item that a successful write changed, with the facts of a stream record. */
export interface TableChange {
  readonly account: string;
  readonly table: string;
  readonly operation: "Put" | "Update" | "Delete";
  readonly keys: Item;
  /** True for a Delete by the service: the item's TTL had passed. */
  readonly isByTtl?: true;
  /** The new image, of a Put and of Updates that are imaged. */
  readonly item?: Item;
}
