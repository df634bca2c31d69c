import { type Address, bool, FAILS, string, UNCLEAR, type Value } from "./cedar-value.ts";
import { addressOf, isWithin } from "./ip-address.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reads an object of the JSON; anything else has no fields. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** Reads a constant of the JSON. */
export function constantOf(given: unknown): Value {
  if (typeof given === "boolean") return bool(given);
  if (typeof given === "string") return string(given);
  // JSON.parse has already rounded a number that is no safe integer.
  if (typeof given === "number") return Number.isSafeInteger(given) ? { is: "long", value: BigInt(given) } : UNCLEAR;
  const { type, id } = fieldsOf(fieldsOf(given).__entity);
  return typeof type === "string" && typeof id === "string" ? { is: "entity", type, id } : UNCLEAR;
}

/** Returns a long, or an error where the value does not fit into Cedar's 64 bits. */
export function longOf(value: bigint): Value {
  return value === BigInt.asIntN(64, value) ? { is: "long", value } : FAILS;
}

/** Calculates or compares two longs. */
export function arithmetic(operator: string, left: bigint, right: bigint): Value {
  switch (operator) {
    case "+":
      return longOf(left + right);
    case "-":
      return longOf(left - right);
    case "*":
      return longOf(left * right);
    case "<":
      return bool(left < right);
    case "<=":
      return bool(left <= right);
    case ">":
      return bool(left > right);
    default:
      return bool(left >= right);
  }
}

/** Compares two values without open parts. */
export const isSame = (one: Value, two: Value): boolean => nameOf(one) === nameOf(two);

/** Returns a name that only equal values share. */
export const nameOf = (value: Value): string =>
  JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}` : part instanceof Map ? [...part] : part));

/** Reads an address or a range from a text. */
export const ipOf = (text: Value | undefined): Value => {
  if (text?.is === "open") return UNCLEAR;
  const value = text?.is === "string" ? addressOf(text.value) : undefined;
  return value === undefined ? FAILS : { is: "ip", value };
};

/** Evaluates an operator on an address. */
export function addressTest(operator: string, one: Value | undefined, other: Value | undefined): Value {
  if (one?.is !== "ip") return FAILS;
  const within = (ranges: readonly Address[]) => bool(ranges.some((range) => isWithin(one.value, range)));
  switch (operator) {
    case "isInRange":
      return other?.is === "ip" ? bool(isWithin(one.value, other.value)) : FAILS;
    case "isIpv4":
      return bool(one.value.family === 4);
    case "isIpv6":
      return bool(one.value.family === 6);
    case "isLoopback":
      return within(LOOPBACK);
    default:
      return within(MULTICAST);
  }
}

const LOOPBACK = ["127.0.0.0/8", "::1"].flatMap((range) => addressOf(range) ?? []);
const MULTICAST = ["224.0.0.0/4", "ff00::/8"].flatMap((range) => addressOf(range) ?? []);
