/** A policy document as IAM reads it; a list of one may be written without its brackets. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: Statement | readonly Statement[];
}
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource?: Several;
  readonly NotResource?: Several;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Several>>>>;
}
export type Several = string | readonly string[];

/** A request as AWS sends it to IAM. A context key with several values is multivalued. A missing key has no entry. */
export interface Request {
  readonly action: string;
  /** An ARN, or `*` for an action without a resource. */
  readonly resource: string;
  readonly context: Readonly<Record<string, Several>>;
}

export const listed = (value: Several = []): readonly string[] => (typeof value === "string" ? [value] : value);
