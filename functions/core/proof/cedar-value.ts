import type { Formula } from "./diagram.ts";

/** A string that is unknown before the call: the ARN, one of its parts, its account, or a resource's tag. */
export type OpenText =
  | { readonly of: "arn" }
  | { readonly of: "part"; readonly place: 2 | 3 }
  | { readonly of: "account" }
  | { readonly of: "tag"; readonly key: string };

/** A value of Cedar's, known, open or unclear. */
export type Value =
  | { readonly is: "bool"; readonly value: boolean }
  | { readonly is: "long"; readonly value: bigint }
  | { readonly is: "string"; readonly value: string }
  | { readonly is: "open"; readonly text: OpenText }
  | { readonly is: "set"; readonly members: readonly Value[] }
  | { readonly is: "record"; readonly fields: ReadonlyMap<string, Value> }
  /** The tags of the resource: a record with unknown fields. */
  | { readonly is: "tags" }
  | { readonly is: "entity"; readonly type: string; readonly id: string }
  | { readonly is: "ip"; readonly value: Address }
  | { readonly is: "error" }
  /** Cedar's evaluation fails because this tag is missing. */
  | { readonly is: "missing"; readonly tag: string }
  /** A value that this validator cannot determine. */
  | { readonly is: "unclear" };

/** A range of addresses; one address is a range of one. */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly prefix: number;
}

/** Values of an expression by case: exactly one case holds for every call. */
export type Cases = readonly { readonly when: Formula; readonly value: Value }[];

const [YES, NO]: readonly [Value, Value] = [
  { is: "bool", value: true },
  { is: "bool", value: false },
];
/** Returns the same object for the same truth value: cases are joined by identity. */
export const bool = (value: boolean): Value => (value ? YES : NO);
export const string = (value: string): Value => ({ is: "string", value });
export const FAILS: Value = { is: "error" };
export const UNCLEAR: Value = { is: "unclear" };
