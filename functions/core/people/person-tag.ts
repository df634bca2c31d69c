import { createHmac } from "node:crypto";
import { type Person, personId } from "../identity/person.ts";

/** Length of a person's tag; characters of 5 bits each. */
const TAG_CHARACTERS = 16;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/**
 * Computes a person's pseudonym for session tags: the first 16 characters of the HMAC-SHA-256 over `issuer|person` in
 * base32 (RFC 4648). The pseudonym never changes. Without the key, nobody finds the person by computing the tags of
 * known ids.
 */
export function personTag(key: string, person: Person): string {
  const mac = createHmac("sha256", key).update(personId(person)).digest();
  const bits = mac.reduce((text, byte) => text + byte.toString(2).padStart(8, "0"), "");
  return Array.from({ length: TAG_CHARACTERS }, (_, at) =>
    BASE32.charAt(Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)),
  ).join("");
}

/** Names people in session tags, by a key that the exchange alone reads. */
export interface PersonTags {
  /** Returns the person's pseudonym. @throws {Refusal} store_unavailable where the key cannot be read. */
  tagOf(person: Person): Promise<string>;
}
