import type { Address } from "./cedar-value.ts";

/**
 * Returns the range that a text means in Cedar, or undefined for any other text. Source:
 * https://docs.cedarpolicy.com/policies/syntax-operators.html ("ip").
 */
export function addressOf(text: string): Address | undefined {
  const [, written = "", length] = /^([0-9a-fA-F.:]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(text) ?? [];
  const family = written.includes(":") ? 6 : 4;
  const bits = family === 4 ? bitsOf4(written) : bitsOf6(written);
  const most = WIDTH[family];
  const prefix = length === undefined ? most : Number(length);
  return bits === undefined || prefix > most ? undefined : { family, bits, prefix };
}

/** Returns whether the outer range contains all addresses of the inner one. */
export function isWithin(inner: Address, outer: Address): boolean {
  if (inner.family !== outer.family || inner.prefix < outer.prefix) return false;
  const shift = BigInt(WIDTH[outer.family] - outer.prefix);
  return inner.bits >> shift === outer.bits >> shift;
}

const WIDTH = { 4: 32, 6: 128 } as const;

function bitsOf4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((bits, part) => bits * 256n + BigInt(part), 0n);
}

function bitsOf6(text: string): bigint | undefined {
  const [head = "", tail, ...others] = text.split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const [first, last] = [groups(head), groups(tail ?? "")];
  const missing = GROUPS - first.length - last.length;
  if (others.length > 0 || (tail === undefined ? missing !== 0 : missing < 1)) return undefined;
  const all = [...first, ...Array.from({ length: missing }, () => "0"), ...last];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return all.reduce((bits, group) => bits * 65_536n + BigInt(`0x${group}`), 0n);
}
const GROUPS = 8;
