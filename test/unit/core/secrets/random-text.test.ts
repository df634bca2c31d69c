import { describe, expect, it } from "vitest";
import { ALPHABETS, parseAlphabet, randomText } from "../../../../functions/core/secrets/random-text.ts";

describe("a random text", () => {
  it.each(Object.entries(ALPHABETS))("in %s has every character as often as any other", (name, characters) => {
    // Every byte once: what is left over beyond the last whole multiple is not used.
    let next = 0;
    const bytes = (count: number) => Uint8Array.from({ length: count }, () => next++ % 256);
    const length = Math.floor(256 / characters.length) * characters.length;
    const text = randomText({ bytes }, name as keyof typeof ALPHABETS, length);
    const counts = [...characters].map((character) => text.split(character).length - 1);
    expect(new Set(counts).size).toBe(1);
    expect(text.length).toBe(length);
  });
});

describe("a tag's description of it", () => {
  it.each([
    ["hex/32", { alphabet: "hex", length: 32 }],
    ["alphanumeric/20", { alphabet: "alphanumeric", length: 20 }],
    ["base64url/512", { alphabet: "base64url", length: 512 }],
  ])("%s is a shape", (text, expected) => expect(parseAlphabet(text)).toEqual(expected));

  it.each(["", "hex", "hex/19", "hex/513", "hex/ 32", "hex/32 ", "Hex/32", "toString/32", "hex/1000", "/32"])(
    "%j is none",
    (text) => expect(parseAlphabet(text)).toBeUndefined(),
  );
});
