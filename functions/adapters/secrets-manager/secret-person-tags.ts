import type { Person } from "../../core/identity/person.ts";
import { type PersonTags, personTag } from "../../core/people/person-tag.ts";
import { Refusal, reasonOf } from "../../core/refusal.ts";

/** Shortest text of a key: 43 characters of 62 are 256 bits. */
const KEY_CHARACTERS = 43;

/**
 * Pseudonyms of people by a key in a secret. A process reads the key once, at the first use: nothing depends on the key
 * being current.
 */
export class SecretPersonTags implements PersonTags {
  readonly #read: () => Promise<string | undefined>;
  #key: Promise<string> | undefined;

  /** @param read reads the key's text; undefined where there is no secret. */
  constructor(read: () => Promise<string | undefined>) {
    this.#read = read;
  }

  async tagOf(person: Person): Promise<string> {
    this.#key ??= this.#readKey();
    const key = await this.#key.catch((error: unknown) => {
      this.#key = undefined;
      throw new Refusal("store_unavailable", { why: `person tags: ${reasonOf(error)}`, retryAfterSeconds: 1 });
    });
    return personTag(key, person);
  }

  async #readKey(): Promise<string> {
    const key = await this.#read();
    if (key === undefined || key.length < KEY_CHARACTERS)
      throw new RangeError(`the key of people's tags has ${KEY_CHARACTERS} characters at least`);
    return key;
  }
}
