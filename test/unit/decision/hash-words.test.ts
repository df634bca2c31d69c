import { createHash } from "node:crypto";
import { entropyToMnemonic } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashWords } from "../../../contract/decision/hash-words.ts";

describe("words of a hash", () => {
  test("The first eight words of the hash's own mnemonic are its words", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        const words = entropyToMnemonic(bytes, wordlist).split(" ").slice(0, 8).join(" ");
        expect(hashWords(Buffer.from(bytes).toString("base64url"))).toBe(words);
      }),
    );
  });

  test("Another hash has other words", () => {
    const of = (text: string) => hashWords(createHash("sha256").update(text).digest("base64url"));
    expect(of("deploy the frontend")).not.toBe(of("deploy the frontend."));
  });

  test.each(["", "abc", `${"A".repeat(42)}=`, "A".repeat(44)])("%j is no hash", (text) => {
    expect(() => hashWords(text)).toThrow(RangeError);
  });
});
