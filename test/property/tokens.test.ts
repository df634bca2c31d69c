import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rootPath, type TaskPath, taskPath } from "../../functions/core/task-path.ts";
import { isOneOf, makeToken, parseToken, type TokenKind } from "../../functions/core/tasks/token.ts";

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const kind = fc.constantFrom<TokenKind>("vk", "vkp");
const path = fc
  .tuple(
    fc.uint8Array({ minLength: 24, maxLength: 24, max: 251 }),
    fc.array(fc.stringMatching(/^[a-z0-9]{4}$/), { maxLength: 9 }),
    fc.constantFrom("_", "."),
  )
  .map(
    ([bytes, children, separator]) =>
      [rootPath(bytes).slice(0, -1), ...children].map((level) => `${level}${separator}`).join("") as TaskPath,
  );
const token = fc.tuple(kind, path, secret).map(([name, at, bytes]) => makeToken(name, at, bytes));

const TOKEN_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
const character = fc.oneof(
  fc.constantFrom(...TOKEN_CHARACTERS),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);

describe("a token", () => {
  it("parses to the task and the secret that it was made of", () => {
    fc.assert(
      fc.property(kind, path, secret, (name, at, bytes) => {
        expect(taskPath(at)).toBe(at);
        expect(parseToken(makeToken(name, at, bytes))).toMatchObject({ kind: name, path: at });
      }),
    );
  });

  it("I1: is refused or belongs to another task after any change of one character", () => {
    let accepted = 0;
    fc.assert(
      fc.property(
        token,
        fc.nat(),
        character,
        fc.constantFrom("replace", "insert", "remove"),
        (good, place, letter, change) => {
          const at = place % (good.length + (change === "insert" ? 1 : 0));
          const bad =
            good.slice(0, at) + (change === "remove" ? "" : letter) + good.slice(change === "insert" ? at : at + 1);
          fc.pre(bad !== good);
          const known = parseToken(good)?.hash ?? "";
          const parsed = parseToken(bad);
          if (parsed) accepted += 1;
          expect(parsed === undefined || !isOneOf(parsed.hash, [known])).toBe(true);
        },
      ),
      { numRuns: 4_000 },
    );
    // Most changes of the secret leave a token that could be another task's, so the property compares hashes too.
    expect(accepted).toBeGreaterThan(200);
  });

  it("has one spelling: formatting a parsed token gives the same text", () => {
    let read = 0;
    const nearly = fc.oneof(
      token,
      fc.tuple(token, character).map(([good, letter]) => good.slice(0, -1) + letter),
      fc.stringMatching(/^vk[pd]?_[a-z0-9]{12}(\.([a-z0-9]{4}\.){0,3}|_([a-z0-9]{4}_){0,3})_[A-Za-z0-9_-]{43}$/),
      fc.string(),
    );
    fc.assert(
      fc.property(nearly, (text) => {
        const parsed = parseToken(text);
        if (!parsed) return;
        read += 1;
        expect(makeToken(parsed.kind, parsed.path, Buffer.from(text.slice(-43), "base64url"))).toBe(text);
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(200);
  });
});
