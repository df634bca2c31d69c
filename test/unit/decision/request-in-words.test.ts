import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationInWords, grantInWords } from "../../../contract/decision/request-in-words.ts";
import { visiblePieces, visibleText } from "../../../contract/decision/visible-text.ts";

const leavesOf = (value: unknown): readonly string[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(leavesOf) : [String(value)];

describe("a grant in words", () => {
  it("names the account, and explains a star", () => {
    const grant = {
      type: "aws",
      account: "111122223333",
      actions: ["s3:GetObject", "s3:Get*", "*"],
      resources: ["arn:aws:s3:::acme/*", "arn:aws:s3:::a?me/x"],
      conditions: { StringEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] } },
    };
    expect(grantInWords(grant)).toEqual({
      title: "Call AWS in account 111122223333",
      rows: [
        {
          name: "Actions",
          values: [
            { text: "s3:GetObject" },
            { text: "s3:Get*", remark: "every action whose name begins with this" },
            { text: "*", remark: "every action" },
          ],
        },
        {
          name: "On",
          values: [
            { text: "arn:aws:s3:::acme/*", remark: "every resource whose name begins with this" },
            { text: "arn:aws:s3:::a?me/x", remark: "every resource that fits the pattern" },
          ],
        },
        { name: "Only if", values: [{ text: "StringEquals aws:RequestedRegion: eu-central-1, eu-west-1" }] },
      ],
    });
  });

  it.each([
    [{ type: "tool", server: "tickets", tools: ["close"] }, "Use tools of tickets"],
    [{ type: "github", repositories: ["a/b"], permissions: { contents: "write" } }, "Work on repositories at GitHub"],
    [{ type: "postgres", database: "orders", privileges: ["SELECT"] }, "Log in to the database orders"],
    [{ type: "oauth", provider: "crm", scopes: ["x"] }, "Use crm by OAuth"],
    [{ type: "secret", actions: ["read"], identifiers: ["k"] }, "Learn the values of secrets"],
    [{ type: "toString" }, "A grant of the type toString"],
    [{ type: "aws", account: ["1"] }, "Call AWS in account an unknown one"],
    ["text", "A grant of unknown form"],
    [null, "A grant of unknown form"],
  ])("%j", (grant, title) => {
    expect(grantInWords(grant).title).toBe(title);
  });

  it("states an empty list, which could be taken for no limit", () => {
    expect(grantInWords({ type: "postgres", database: "orders", tables: [], columns: {} }).rows).toEqual([
      { name: "On tables", values: [{ text: "none" }] },
      { name: "On columns", values: [{ text: "none" }] },
    ]);
  });

  it("leaves nothing unsaid, whatever its type and fields", () => {
    const type = fc.constantFrom("aws", "tool", "github", "postgres", "oauth", "secret", "future");
    const field = fc.constantFrom(
      "account",
      "actions",
      "resources",
      "server",
      "tools",
      "columns",
      "permissions",
      "new",
    );
    const word = fc.stringMatching(/^[a-z]{3,8}$/);
    const value = fc.oneof(
      word,
      fc.array(word, { minLength: 1 }),
      fc.dictionary(word, fc.array(word)),
      fc.dictionary(word, word),
    );
    fc.assert(
      fc.property(type, fc.dictionary(field, value), (kind, fields) => {
        const { title, rows } = grantInWords({ type: kind, ...fields });
        const words = [title, ...rows.flatMap(({ values }) => values.map(({ text }) => text))].join("\n");
        expect(leavesOf(fields).filter((leaf) => !words.includes(leaf))).toEqual([]);
      }),
    );
  });
});

describe("text that somebody else wrote", () => {
  it.each([
    ["turned around", "a\u202egpj.exe", "a\\u{202E}gpj.exe"],
    ["of a terminal", "\u001b[31mred", "\\u{1B}[31mred"],
    ["of no width", "pay\u200bpal", "pay\\u{200B}pal"],
    ["of tags", "ok\u{e0041}", "ok\\u{E0041}"],
    ["of line ends", "a\nb\u2028c", "a\\u{A}b\\u{2028}c"],
    ["of odd spaces", "a\u00a0b\u3000c d", "a\\u{A0}b\\u{3000}c d"],
    ["of fillers", "\u3164\u2800", "\\u{3164}\\u{2800}"],
    ["of a lone surrogate", "\ud800", "\\u{D800}"],
    ["unchanged", "Grüße, 世界 👋 e\u0301", "Grüße, 世界 👋 e\u0301"],
  ])("%s", (_, text, visible) => {
    expect(visibleText(text)).toBe(visible);
  });

  it("preserves every character that can be seen, in its place", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const back = visiblePieces(text).map((piece) =>
          piece.isEscape ? String.fromCodePoint(Number.parseInt(piece.text.slice(3, -1), 16)) : piece.text,
        );
        expect(back.join("")).toBe(text);
      }),
    );
  });
});

describe("durations", () => {
  it.each([
    [900, "15 minutes"],
    [5_400, "1 hour 30 minutes"],
    [86_461, "1 day 1 minute"],
    [61, "1 minute 1 second"],
    [0, "no time"],
    [-4, "no time"],
  ])("%d seconds are %s", (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });
});
