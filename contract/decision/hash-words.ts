import { wordlist } from "@scure/bip39/wordlists/english.js";

/** Number of words that a person compares: 88 of the hash's 256 bits. To find a second record with the same words takes 2^88 tries. */
const WORDS = 8;
const BITS_IN_WORD = 11;

/**
 * Writes the start of a hash as 8 words of BIP39's English list, 11 bits each. A person compares the words that two programs show.
 * @param hash SHA-256 as base64url.
 * @throws {RangeError} for another text.
 * @example hashWords("AAAA…") // "abandon abandon abandon abandon abandon abandon abandon abandon"
 */
export function hashWords(hash: string): string {
  if (!/^[A-Za-z0-9_-]{43}$/.test(hash)) throw new RangeError("the words are made of a SHA-256 in base64url");
  const bits = [...hash].map((character) => DIGITS.indexOf(character).toString(2).padStart(6, "0")).join("");
  return Array.from({ length: WORDS }, (_, index) => bits.slice(index * BITS_IN_WORD, (index + 1) * BITS_IN_WORD))
    .map((word) => wordlist[Number.parseInt(word, 2)])
    .join(" ");
}

/** Digits of base64url (RFC 4648, section 5). `Buffer` and `atob` are not used, so that a browser and Node compute the same. */
const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
