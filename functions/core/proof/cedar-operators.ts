import { bool, FAILS, string, UNCLEAR, type Value } from "./cedar-value.ts";
import { addressOf, isWithin } from "./ip-address.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reads an object of the JSON; anything else has no fields. */
export const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** Reads a constant of the JSON. */
export function constantOf(given: unknown): Value {
  if (typeof given === "boolean") return bool(given);
  if (typeof given === "string") return string(given);
  // A number that JavaScript cannot hold has been rounded already.
  if (typeof given === "number") return Number.isSafeInteger(given) ? { is: "long", value: BigInt(given) } : UNCLEAR;
  const { type, id } = fieldsOf(fieldsOf(given).__entity);
  return typeof type === "string" && typeof id === "string" ? { is: "entity", type, id } : UNCLEAR;
}

/** Cedar's long has 64 bits, and what does not fit fails. */
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

/** Compares two values that are known whole. */
export function isSame(one: Value, two: Value): boolean {
  if (one.is === "entity" && two.is === "entity") return one.type === two.type && one.id === two.id;
  if (one.is === "ip" && two.is === "ip")
    return (
      one.value.bits === two.value.bits &&
      one.value.prefix === two.value.prefix &&
      one.value.family === two.value.family
    );
  if ("value" in one && "value" in two) return one.is === two.is && one.value === two.value;
  return false;
}

/** Reads an address, or a range, from a text. */
export const ipOf = (text: Value | undefined): Value => {
  if (text?.is === "open") return UNCLEAR;
  const value = text?.is === "string" ? addressOf(text.value) : undefined;
  return value === undefined ? FAILS : { is: "ip", value };
};

/** Answers a question about an address. */
export function addressTest(operator: string, one: Value | undefined, other: Value | undefined): Value {
  if (one?.is !== "ip") return FAILS;
  const within = (range: string) => {
    const outer = addressOf(range);
    return outer !== undefined && isWithin(one.value, outer);
  };
  switch (operator) {
    case "isInRange":
      return other?.is === "ip" ? bool(isWithin(one.value, other.value)) : FAILS;
    case "isIpv4":
      return bool(one.value.family === 4);
    case "isIpv6":
      return bool(one.value.family === 6);
    case "isLoopback":
      return bool(within("127.0.0.0/8") || within("::1"));
    default:
      return bool(within("224.0.0.0/4") || within("ff00::/8"));
  }
}
