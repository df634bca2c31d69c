import { isDeepStrictEqual } from "node:util";

/**
 * True for statements of IAM with the same meaning. Ignores their order, their Sids, and a list around a single value.
 */
export const saysTheSame = (one: unknown, other: unknown): boolean => isDeepStrictEqual(plain(one), plain(other));

const plain = (value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? sorted(Object.entries(value).flatMap(([key, each]) => (key === "Sid" ? [] : [[key, plain(each)]])))
    : sorted([value].flat().map((each) => (typeof each === "object" ? plain(each) : String(each))));

const sorted = (values: readonly unknown[]): readonly unknown[] =>
  values
    .map((value) => [JSON.stringify(value), value] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, value]) => value);
