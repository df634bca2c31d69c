import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyIdOf, type SealingKey, seal, unseal } from "../../../functions/core/seals/seal.ts";

const KEY: SealingKey = { id: "version-1", bytes: randomBytes(32) };
const CONTEXT = "k7f3m2q9x4ab.#oauth-0";
const sealed = () => seal("canary", CONTEXT, KEY, randomBytes(12));

describe("a sealed text", () => {
  it("opens with its key for its context, and names that key", () => {
    const text = sealed();
    expect(text).not.toContain("canary");
    expect(keyIdOf(text)).toBe("version-1");
    expect(unseal(text, CONTEXT, KEY)).toBe("canary");
    expect(unseal(seal("żółć 🔑", "", KEY, randomBytes(12)), "", KEY)).toBe("żółć 🔑");
  });

  it("is another one each time", () => {
    expect(sealed()).not.toBe(sealed());
  });

  it.each<[string, (text: string) => string, string, SealingKey]>([
    ["for another lease", (text) => text, "k7f3m2q9x4ab.#oauth-1", KEY],
    ["with another key", (text) => text, CONTEXT, { id: "version-1", bytes: randomBytes(32) }],
    ["with a key that is none", (text) => text, CONTEXT, { id: "version-1", bytes: randomBytes(16) }],
    [
      "changed in a letter",
      (text) => text.replace(/.{5}$/, (end) => (end[0] === "A" ? "B" : "A") + end.slice(1)),
      CONTEXT,
      KEY,
    ],
    ["with a shorter tag", (text) => text.slice(0, -8), CONTEXT, KEY],
    ["cut off", (text) => text.split(".").slice(0, 3).join("."), CONTEXT, KEY],
    ["without anything", () => "", CONTEXT, KEY],
  ])("does not open %s, and does not reveal what it was", (_case, change, context, key) => {
    expect(() => unseal(change(sealed()), context, key)).toThrow(
      new RangeError("not sealed with this key for this context"),
    );
  });

  it.each(["", "v1", "v2.a.b.c", "v1..b.c", "v1.a.b.c.d", "v1.a.b."])("is not %j", (text) => {
    expect(keyIdOf(text)).toBeUndefined();
  });

  it("is not opened by the first bytes of a tag alone, which could be guessed", () => {
    const [version, id, nonce, text = ""] = seal("", CONTEXT, KEY, randomBytes(12)).split(".");
    const short = Buffer.from(text, "base64url").subarray(0, 4).toString("base64url");
    expect(() => unseal([version, id, nonce, short].join("."), CONTEXT, KEY)).toThrow(RangeError);
    expect(unseal([version, id, nonce, text].join("."), CONTEXT, KEY)).toBe("");
  });

  it("is made with a nonce of 12 bytes and a key whose name fits in it", () => {
    expect(() => seal("x", "", KEY, randomBytes(8))).toThrow(RangeError);
    expect(() => seal("x", "", { ...KEY, id: "a.b" }, randomBytes(12))).toThrow(RangeError);
  });
});
