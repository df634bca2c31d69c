import type { Random } from "../random.ts";

const DIGITS = "0123456789";
const SMALL = "abcdefghijklmnopqrstuvwxyz";

/** Alphabets of generated values. */
export const ALPHABETS = {
  hex: `${DIGITS}abcdef`,
  alphanumeric: DIGITS + SMALL + SMALL.toUpperCase(),
  base64url: `${DIGITS + SMALL + SMALL.toUpperCase()}-_`,
} as const;
export type Alphabet = keyof typeof ALPHABETS;

/** Generates a text of `length` characters, drawn uniformly from the alphabet. */
export function randomText(random: Random, alphabet: Alphabet, length: number): string {
  const characters = ALPHABETS[alphabet];
  // A byte beyond the last whole multiple would make the first characters likelier.
  const usable = 256 - (256 % characters.length);
  let text = "";
  while (text.length < length) {
    const bytes = random.bytes(length - text.length);
    text += [...bytes.filter((byte) => byte < usable)].map((byte) => characters[byte % characters.length]).join("");
  }
  return text;
}

/**
 * Parses the tag `valetkey:generate`; returns undefined for another form, or a length outside 20 to 512 characters.
 * @example parseAlphabet("alphanumeric/43") // 43 of 62 characters: 256 bits
 */
export function parseAlphabet(text: string): { readonly alphabet: Alphabet; readonly length: number } | undefined {
  const [, alphabet = "", digits = ""] = /^([a-z0-9]+)\/(\d{2,3})$/.exec(text) ?? [];
  const length = Number(digits);
  if (!Object.hasOwn(ALPHABETS, alphabet) || length < 20 || length > 512) return undefined;
  return { alphabet: alphabet as Alphabet, length };
}
