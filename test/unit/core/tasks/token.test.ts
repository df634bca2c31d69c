import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import { hashToken, isOneOf, makeToken, parseToken } from "../../../../functions/core/tasks/token.ts";

const PATH = "k7f3m2q9x4ab." as TaskPath;
const SECRET = Uint8Array.from({ length: 32 }, (_, index) => index * 7);
const TOKEN = makeToken("vk", PATH, SECRET);

describe("a task token", () => {
  it("has its kind, its task's path, and 256 random bits", () => {
    expect(TOKEN).toBe(`vk_${PATH}_${Buffer.from(SECRET).toString("base64url")}`);
    expect(parseToken(TOKEN)).toEqual({ kind: "vk", path: PATH, hash: hashToken(TOKEN) });
  });

  it("is distinct from a presentation and a delegation token", () => {
    expect(parseToken(makeToken("vkp", PATH, SECRET))?.kind).toBe("vkp");
    expect(parseToken(makeToken("vkd", PATH, SECRET))?.kind).toBe("vkd");
  });

  it.each([0, 16, 31, 33])("is not made of %s random bytes", (length) => {
    expect(() => makeToken("vk", PATH, new Uint8Array(length))).toThrow(RangeError);
  });

  it.each([
    ["nothing", ""],
    ["another kind", TOKEN.replace("vk_", "vkx_")],
    ["a capital in the kind", TOKEN.replace("vk_", "VK_")],
    ["a path that is none", TOKEN.replace(PATH, "k7f3m2q9x4ab..")],
    ["a secret one character short", TOKEN.slice(0, -1)],
    ["a secret one character long", `${TOKEN}A`],
    ["padding", `${TOKEN}=`],
    ["a line end", `${TOKEN}\n`],
    ["white space before it", ` ${TOKEN}`],
    [
      "another spelling of the same bits",
      `${TOKEN.slice(0, -1)}${String.fromCharCode(TOKEN.charCodeAt(TOKEN.length - 1) + 1)}`,
    ],
    ["a path of eleven levels", TOKEN.replace(PATH, `${PATH}${"c1x9.".repeat(10)}`)],
  ])("is not %s", (_name, text) => {
    expect(parseToken(text)).toBeUndefined();
  });

  it("I8: is known to the record by its SHA-256 alone", () => {
    expect(hashToken(TOKEN)).toBe(createHash("sha256").update(TOKEN).digest("base64url"));
    expect(JSON.stringify(parseToken(TOKEN))).not.toContain(Buffer.from(SECRET).toString("base64url"));
  });
});

describe("a hash", () => {
  const hashes = ["first", "second"].map(hashToken);

  it.each([
    ["the first of them", hashToken("first"), true],
    ["the last of them", hashToken("second"), true],
    ["another", hashToken("third"), false],
    ["a shorter one", hashToken("first").slice(1), false],
    ["nothing", "", false],
  ])("that is %s: %j is one of them: %s", (_name, hash, expected) => {
    expect(isOneOf(hash, hashes)).toBe(expected);
  });

  it("is none of none", () => {
    expect(isOneOf(hashToken("first"), [])).toBe(false);
  });
});
