import { isDeepStrictEqual } from "node:util";
import type { ComparedAnswer } from "../../property/dynamodb/answer-of.ts";

/** Item of a compared table. */
export interface Item {
  readonly pk: { readonly S: string };
  readonly sk: { readonly S: string };
}
/** Answer of an operation, and all items after it. */
export type Outcome = readonly [answer: ComparedAnswer, items: readonly Item[]];

/** Operation whose answer, or whose items after it, differ between our DynamoDB and moto. */
export interface Differing {
  readonly name: string;
  readonly input: object;
  readonly own: Outcome;
  readonly moto: Outcome;
}

/** Difference between DynamoDB and moto in which moto is wrong. dynoxide is right in each. */
export interface KnownDifference {
  readonly what: string;
  /** DynamoDB's behaviour, as AWS documents it. */
  readonly why: string;
  /** Page of AWS's documentation; where it has nothing about it, a report of what DynamoDB answers. */
  readonly source: string;
  /** Answer or item of moto without the difference. */
  readonly mend?: (of: unknown) => unknown;
  /** True where the difference explains all of a differing answer. */
  readonly explains?: (differing: Differing) => boolean;
}

const API = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference";
const GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide";

/** Found by the same operation, written so that each comparison tests types (`typed-expressions.ts`): moto then agrees. */
export const BY_TYPES: KnownDifference = {
  what: "comparisons as Python makes them, or none: moto's program fails",
  why: "values of different types are not equal and have no order; an attribute that is missing is equal to nothing",
  source: `${GUIDE}/Expressions.OperatorsAndFunctions.html`,
};

/** Reviewed on 2 December 2026, against moto 5.2.5. */
export const TABLE_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: "capacity and metrics that nobody asked for",
    why: "ReturnConsumedCapacity and ReturnItemCollectionMetrics are NONE by default",
    source: `${API}/API_TransactWriteItems.html`,
    mend: (of) => without(of, ["ConsumedCapacity", "ItemCollectionMetrics"]),
  },
  {
    what: "numbers as they were written",
    why: "leading and trailing zeroes are trimmed",
    source: `${GUIDE}/HowItWorks.NamingRulesDataTypes.html`,
    mend: withPlainNumbers,
  },
  {
    what: "an update that cannot be done, alone and not as the reason of a cancelled transaction",
    why: "the transaction is cancelled, with a reason ValidationError",
    source: `${API}/API_TransactWriteItems.html`,
    explains: ({ own: [ours], moto: [theirs] }) =>
      reasonsOf(ours).includes("ValidationError") && theirs.type === "ValidationException",
  },
  {
    what: "an item twice in one transaction of reads",
    why: "a transaction holds at most one operation on an item",
    source: "https://github.com/truora/minidyn/pull/127",
    explains: ({ name, input, own, moto }) =>
      name === "TransactGetItems" && isRefusedByUs(own, moto) && hasTwice(keysOf(input, "Key")),
  },
  {
    what: "an item twice in one batch of writes",
    why: "a batch that has several operations on one item is refused as a whole",
    source: `${API}/API_BatchWriteItem.html`,
    explains: ({ name, input, own, moto }) =>
      name === "BatchWriteItem" && isRefusedByUs(own, moto) && hasTwice(keysOf(input, "Key", "Item")),
  },
  {
    what: "BETWEEN whose upper bound is below the lower one",
    why: "the upper bound of BETWEEN is greater than or equal to the lower one",
    source: "https://github.com/architect/dynalite/issues/55",
    explains: ({ name, input, own, moto }) =>
      name === "Query" && isRefusedByUs(own, moto) && hasReversedBounds(input as QueryInput),
  },
  {
    what: "no LastEvaluatedKey where the limit is that of the last item",
    why: "a query that reached its limit returns the key of the last item that it read",
    source: `${GUIDE}/Query.Pagination.html`,
    explains: ({ name, input, own: [ours], moto: [theirs] }) => {
      const { LastEvaluatedKey, ...rest } = (ours.answer ?? {}) as { LastEvaluatedKey?: object; ScannedCount?: number };
      const hasReached = LastEvaluatedKey !== undefined && rest.ScannedCount === (input as QueryInput).Limit;
      return name === "Query" && hasReached && isDeepStrictEqual(theirs.answer, rest);
    },
  },
  {
    what: "no answer to ADD of a number that is written with an exponent",
    why: "a number may have an exponent",
    source: `${GUIDE}/HowItWorks.NamingRulesDataTypes.html`,
    explains: ({ name, input, moto: [theirs] }) => {
      const text = JSON.stringify(input);
      const addsExponent = /"UpdateExpression":"[^"]*\bADD\b/.test(text) && /\{"N":"[^"]*e/.test(text);
      const isFailure = theirs.type === "MotoFailed" || reasonsOf(theirs).includes("ValueError");
      return ["UpdateItem", "TransactWriteItems"].includes(name) && addsExponent && isFailure;
    },
  },
  {
    what: "a part of an update that fails",
    why: "an update is done as a whole, or not at all",
    source: `${API}/API_UpdateItem.html`,
    explains: ({ name, own: [ours], moto: [theirs] }) =>
      name === "UpdateItem" && ours.type === "ValidationException" && isDeepStrictEqual(ours, theirs),
  },
];

interface QueryInput {
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly Limit?: number;
}

const isRefusedByUs = ([ours]: Outcome, [theirs]: Outcome): boolean =>
  ours.type === "ValidationException" && theirs.status === 200;

const hasTwice = (keys: readonly string[]): boolean => new Set(keys).size < keys.length;

/** Keys of the items in members of these names, wherever they are. */
function keysOf(of: unknown, ...names: readonly string[]): readonly string[] {
  if (typeof of !== "object" || of === null) return [];
  return Object.entries(of).flatMap(([name, each]) =>
    names.includes(name) ? [JSON.stringify([each.pk, each.sk])] : keysOf(each, ...names),
  );
}

/** True where the bounds of the sort key are in the reverse of their order, which is that of their bytes. */
function hasReversedBounds({ KeyConditionExpression, ExpressionAttributeValues: values }: QueryInput): boolean {
  const [, low = "", high = ""] = /#sk BETWEEN (:v\d+) AND (:v\d+)$/.exec(KeyConditionExpression) ?? [];
  return Buffer.compare(Buffer.from(values[low]?.S ?? ""), Buffer.from(values[high]?.S ?? "")) > 0;
}

const reasonsOf = ({ reasons = [] }: ComparedAnswer): readonly string[] => reasons.map(({ Code }) => Code);

function without(of: unknown, names: readonly string[]): unknown {
  if (typeof of !== "object" || of === null || Array.isArray(of)) return of;
  const entries = Object.entries(of).filter(([name]) => !names.includes(name));
  return Object.fromEntries(entries.map(([name, each]) => [name, name === "answer" ? without(each, names) : each]));
}

/** Writes the numbers of attribute values as DynamoDB does. */
function withPlainNumbers(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(withPlainNumbers);
  if (typeof of !== "object" || of === null) return of;
  return Object.fromEntries(
    Object.entries(of).map(([name, each]) => {
      if (name === "N" && typeof each === "string") return [name, plainNumber(each)];
      if (name === "NS" && Array.isArray(each)) return [name, each.map(String).map(plainNumber).sort()];
      return [name, withPlainNumbers(each)];
    }),
  );
}

/** Writes a decimal number without an exponent and without zeroes at its ends. */
export function plainNumber(text: string): string {
  const [, sign = "", whole = "", part = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  if (whole + part === "") return text;
  const point = whole.length + Number(exponent);
  const digits = `${"0".repeat(Math.max(0, -point))}${whole}${part}`.padEnd(point, "0");
  const at = Math.max(0, point);
  const integer = digits.slice(0, at).replace(/^0+/, "") || "0";
  const fraction = digits.slice(at).replace(/0+$/, "");
  const plain = fraction === "" ? integer : `${integer}.${fraction}`;
  return plain === "0" || sign !== "-" ? plain : `-${plain}`;
}
