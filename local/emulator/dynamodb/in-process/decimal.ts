import { invalid } from "./invalid.ts";

/** A number of DynamoDB: `digits` times ten to the power of `exponent`; digits end in no zero, except 0 itself. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const MOST_DIGITS = 38;
/** Powers of ten of the largest and the smallest number that DynamoDB takes. */
const MAGNITUDE = { largest: 125, smallest: -130 } as const;
const SAFE = /^-?\d{1,15}$/;

/**
 * Normalises a number's text as DynamoDB does: `1.50` is `1.5`, `1e3` is `1000`.
 * @throws {ServiceError} for another text.
 */
export function readNumber(text: string): string {
  return SAFE.test(text) ? String(Number(text) + 0) : textOf(within(parse(text)));
}

/** Compares two normalised numbers: negative, 0 or positive. */
export function compareNumbers(a: string, b: string): number {
  if (SAFE.test(a) && SAFE.test(b)) return Number(a) - Number(b);
  const { digits } = sum(parse(a), negated(parse(b)));
  return digits === 0n ? 0 : digits < 0n ? -1 : 1;
}

/** Adds two normalised numbers, exactly. @throws {ServiceError} where the sum has more digits than DynamoDB takes. */
export const addNumbers = (a: string, b: string): string => textOf(within(sum(parse(a), parse(b))));

export const subtractNumbers = (a: string, b: string): string => textOf(within(sum(parse(a), negated(parse(b)))));

function parse(text: string): Decimal {
  const [match, sign = "", whole = "", fraction = "", power = "0"] =
    /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text) ?? [];
  if (match === undefined || whole + fraction === "")
    throw invalid(`The parameter cannot be converted to a numeric value: ${text}`);
  const digits = BigInt(whole + fraction);
  return shortened({ digits: sign === "-" ? -digits : digits, exponent: Number(power) - fraction.length });
}

function shortened({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits: 0n, exponent: 0 };
  const zeros = /0*$/.exec(digits.toString())?.[0].length ?? 0;
  return { digits: digits / 10n ** BigInt(zeros), exponent: exponent + zeros };
}

function within(decimal: Decimal): Decimal {
  const { length } = magnitudeOf(decimal);
  const power = decimal.exponent + length - 1;
  if (length > MOST_DIGITS) throw invalid("Attempting to store more than 38 significant digits in a Number");
  if (decimal.digits !== 0n && power > MAGNITUDE.largest)
    throw invalid("Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (decimal.digits !== 0n && power < MAGNITUDE.smallest)
    throw invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  return decimal;
}

function sum(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const scaled = (each: Decimal): bigint => each.digits * 10n ** BigInt(each.exponent - exponent);
  return shortened({ digits: scaled(a) + scaled(b), exponent });
}

function textOf(decimal: Decimal): string {
  const { exponent } = decimal;
  const sign = decimal.digits < 0n ? "-" : "";
  const digits = magnitudeOf(decimal);
  if (exponent >= 0) return `${sign}${digits}${"0".repeat(exponent)}`;
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const negated = ({ digits, exponent }: Decimal): Decimal => ({ digits: -digits, exponent });
const magnitudeOf = ({ digits }: Decimal): string => digits.toString().replace("-", "");
