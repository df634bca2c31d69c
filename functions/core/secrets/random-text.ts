import type { Random } from "../ports.ts";

const DIGITS = "0123456789";
const SMALL = "abcdefghijklmnopqrstuvwxyz";

/** From which characters a value can be made. */
export const ALPHABETS = {
  hex: `${DIGITS}abcdef`,
  alphanumeric: DIGITS + SMALL + SMALL.toUpperCase(),
  base64url: `${DIGITS + SMALL + SMALL.toUpperCase()}-_`,
} as const;
export type Alphabet = keyof typeof ALPHABETS;

/** So many characters, each of the alphabet as likely as any other. */
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

/** What `alphanumeric/43` says: 43 of 62 characters are 256 bits. Nothing where it says nothing, or too little for a secret: 20 at least, 512 at most. */
export function parseAlphabet(text: string): { readonly alphabet: Alphabet; readonly length: number } | undefined {
  const [, alphabet = "", digits = ""] = /^([a-z0-9]+)\/(\d{2,3})$/.exec(text) ?? [];
  const length = Number(digits);
  if (!Object.hasOwn(ALPHABETS, alphabet) || length < 20 || length > 512) return undefined;
  return { alphabet: alphabet as Alphabet, length };
}
