import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  isSealedWith,
  sealKeyIdOf,
  sealKeyOf,
  sealWith,
  signingKeyOf,
} from "../../../functions/core/seals/record-key.ts";

const KEY = signingKeyOf(randomBytes(48).toString("base64url"));
const FIELDS = { path: "k7f3m2q9x4ab.", agent: "demo", expiresAt: 1_900 };

describe("a seal", () => {
  it("is verified by the public half of its key, as that was published, and names it", () => {
    const seal = sealWith(KEY, "task", FIELDS);
    const published = sealKeyOf(KEY.text);
    expect(published.id).toBe(KEY.id);
    expect(sealKeyIdOf(seal)).toBe(KEY.id);
    expect(isSealedWith(published, "task", FIELDS, seal)).toBe(true);
    expect(KEY.text).not.toBe(KEY.signing.export({ format: "der", type: "pkcs8" }).toString("base64url"));
  });

  it("is the same however the fields are ordered, and a field without a value is not there", () => {
    const { path, ...others } = FIELDS;
    expect(sealWith(KEY, "task", { ...others, path, purpose: undefined })).toBe(sealWith(KEY, "task", FIELDS));
  });

  it("is of one kind of record only", () => {
    const seal = sealWith(KEY, "task-token", FIELDS);
    expect(isSealedWith(KEY, "task", FIELDS, seal)).toBe(false);
    expect(isSealedWith(KEY, "task-token", FIELDS, seal)).toBe(true);
  });

  it("verifies for no other fields and by no other key", () => {
    const seal = sealWith(KEY, "task", FIELDS);
    expect(isSealedWith(KEY, "task", { ...FIELDS, expiresAt: 1_901 }, seal)).toBe(false);
    expect(isSealedWith(signingKeyOf(randomBytes(48).toString("base64url")), "task", FIELDS, seal)).toBe(false);
  });

  it("is nothing that anybody could write without the key", () => {
    const seal = sealWith(KEY, "task", FIELDS);
    fc.assert(
      fc.property(fc.nat(seal.length - 1), fc.constantFrom("A", "b", ".", "-"), (at, letter) => {
        const bent = seal.slice(0, at) + letter + seal.slice(at + 1);
        const keyId = sealKeyIdOf(bent);
        // The last letter of the signature holds two bits that no byte is made from.
        const isSame = Buffer.from(bent.split(".")[2] ?? "", "base64url").equals(
          Buffer.from(seal.split(".")[2] ?? "", "base64url"),
        );
        expect(keyId === KEY.id && isSealedWith(KEY, "task", FIELDS, bent) && !isSame).toBe(false);
      }),
    );
  });

  it.each(["", "v1", "v1.a", "v1..c", "v2.a.b", "v1.a.b.c", "v1.a."])("is not the text %j", (text) => {
    expect(sealKeyIdOf(text)).toBeUndefined();
  });
});

describe("a record key", () => {
  it("is the same for the same text, and another for another", () => {
    const text = randomBytes(48).toString("base64url");
    expect(signingKeyOf(text).text).toBe(signingKeyOf(text).text);
    expect(signingKeyOf(text).id).not.toBe(KEY.id);
  });

  it("is made from a text that nobody can guess", () => {
    expect(() => signingKeyOf("a".repeat(42))).toThrow(RangeError);
    expect(signingKeyOf("a".repeat(43)).id).toHaveLength(8);
  });
});
