import { describe, expect, it } from "vitest";
import { operationOf } from "../../../../functions/core/policy/residual.ts";
import { tagsRead } from "../../../../functions/core/policy/tags-read.ts";

const tags = { unknown: [{ Value: "tags" }] };
const arn = { unknown: [{ Value: "arn" }] };
const tag = (key: string) => ({ ".": { left: tags, attr: key } });
const reads = (key: string) => ({ "==": { left: tag(key), right: { Value: "x" } } });
const has = (key: string) => ({ has: { left: tags, attr: key } });
const and = (left: unknown, right: unknown) => ({ "&&": { left, right } });
const or = (left: unknown, right: unknown) => ({ "||": { left, right } });
const not = (arg: unknown) => ({ "!": { arg } });
const either = (...parts: readonly [condition: unknown, first: unknown, second: unknown]) => ({
  "if-then-else": Object.fromEntries(["if", "then", "else"].map((name, index) => [name, parts[index]])),
});
const NO_TAG = { "==": { left: arn, right: { Value: "x" } } };

describe("the tags for want of which an expression may err", () => {
  it.each<[string, unknown, readonly string[]]>([
    ["are those that it reads", and(reads("team"), or(reads("env"), reads("team"))), ["team", "env"]],
    ["are those of a set", { contains: { left: { Set: [tag("team"), tag("env")] }, right: arn } }, ["team", "env"]],
    ["are those that a function is given", { ip: [tag("team")] }, ["team"]],
    ["are not those that it tests for", and(has("team"), NO_TAG), []],
    ["are not those that it tested for before", and(has("team"), reads("team")), []],
    ["are those that it tests for afterwards", and(reads("team"), has("team")), ["team"]],
    ["are those for which it tested another", and(has("env"), reads("team")), ["team"]],
    ["are those whose name another thing has", and({ has: { left: arn, attr: "team" } }, reads("team")), ["team"]],
    ["are not those that it reads unless they are missing", or(not(has("team")), reads("team")), []],
    ["are those that it reads where they are missing", or(has("team"), reads("team")), ["team"]],
    ["are those that it reads where they are missing, written as not", and(not(has("team")), reads("team")), ["team"]],
    ["are none after a test for both", and(and(has("team"), has("env")), and(reads("team"), reads("env"))), []],
    [
      "are either after one of both was",
      and(or(has("team"), has("env")), or(reads("team"), reads("env"))),
      ["team", "env"],
    ],
    [
      "are none unless one of both is missing",
      or(or(not(has("team")), not(has("env"))), and(reads("team"), reads("env"))),
      [],
    ],
    [
      "are either unless both are missing",
      or(and(not(has("team")), not(has("env"))), and(reads("team"), reads("env"))),
      ["team", "env"],
    ],
    ["are not those of the way on which they are there", either(has("team"), reads("team"), NO_TAG), []],
    ["are those of the way on which they are missing", either(has("team"), NO_TAG, reads("team")), ["team"]],
    ["are not those of the other way, written as not", either(not(has("team")), NO_TAG, reads("team")), []],
    [
      "are those of the condition and of both ways",
      either(reads("team"), reads("env"), reads("cost")),
      ["team", "env", "cost"],
    ],
    [
      "are those that a condition might have tested for",
      and(either(NO_TAG, has("team"), NO_TAG), reads("team")),
      ["team"],
    ],
  ])("%s", (_name, node, keys) => {
    expect([...tagsRead(node)]).toEqual(keys);
  });

  it.each([[undefined], [null], ["team"], [{}], [[]], [{ "&&": null }], [{ Value: true }]])(
    "are none of %j",
    (node) => {
      expect([...tagsRead(node)]).toEqual([]);
    },
  );

  it.each([[undefined], [{}], [{ Value: true }], [[{ "&&": {} }]]])(
    "are those behind %j, which requires nothing",
    (first) => {
      expect([...tagsRead(and(first, reads("team")))]).toEqual(["team"]);
    },
  );
});

describe("an operation", () => {
  it("is an operator with what it works on, and nothing else is one", () => {
    expect(operationOf(has("team"))).toEqual({ operator: "has", operands: { left: tags, attr: "team" } });
    for (const node of [undefined, null, "text", {}, [has("team")], tags, { Value: true }, { "&&": null }])
      expect(operationOf(node)).toBeUndefined();
  });
});
