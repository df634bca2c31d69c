import { describe, expect, it } from "vitest";
import {
  EMPTY_CHAIN,
  type Facts,
  headOf,
  isWholeChain,
  type JournalEvent,
  linkEvent,
} from "../../../../functions/core/journal/event.ts";

const OF = "k7f3m2q9x4ab.";
const AT = 1_764_000_000_000;

const first = linkEvent(EMPTY_CHAIN, OF, "task.opened", AT, { agent: "reporter", leases: [{ name: "aws-0" }] });
const second = linkEvent(headOf(first), OF, "lease.renewed", AT + 1, { lease: "aws-0" });
const third = linkEvent(headOf(second), OF, "task.ended", AT + 2, { status: "completed" });
const chain = [first, second, third];

describe("an event of the journal", () => {
  it("is linked to the one before it", () => {
    expect(chain.map(({ n }) => n)).toEqual([1, 2, 3]);
    expect(chain.map(({ previous }) => previous)).toEqual(["", first.hash, second.hash]);
    expect(headOf(third)).toEqual({ n: 3, hash: third.hash });
  });

  it("has a hash that anybody can compute again from JSON with sorted keys", async () => {
    const { createHash } = await import("node:crypto");
    const text =
      `{"at":${AT},"facts":{"agent":"reporter","leases":[{"name":"aws-0"}]},` +
      `"n":1,"of":"${OF}","previous":"","type":"task.opened"}`;
    expect(first.hash).toBe(createHash("sha256").update(text).digest("base64url"));
  });

  it("has the same hash whatever order a store gives its attributes back in", () => {
    const shuffled = (facts: Facts) => linkEvent(EMPTY_CHAIN, OF, "task.opened", AT, facts).hash;
    expect(shuffled({ a: 1, b: { c: true, d: null } })).toBe(shuffled({ b: { d: null, c: true }, a: 1 }));
    expect(shuffled({ a: ["x", "y"] })).not.toBe(shuffled({ a: ["y", "x"] }));
  });

  it("does not hold facts without a value, as a store would not", () => {
    const event = linkEvent(EMPTY_CHAIN, OF, "task.opened", AT, { agent: "reporter", result: undefined });
    expect(event.facts).toEqual({ agent: "reporter" });
    expect(Object.keys(event.facts)).toEqual(["agent"]);
    expect(isWholeChain([{ ...event, facts: { ...event.facts, late: undefined } }])).toBe(true);
  });

  it.each<[string, Facts, Facts]>([
    ["a number and its text", { a: 1 }, { a: "1" }],
    ["null and nothing", { a: null }, {}],
    ["null and its text", { a: null }, { a: "null" }],
    ["a list of one and its member", { a: ["x"] }, { a: "x" }],
    ["a name moved into another fact", { a: { b: 1 } }, { a: {}, b: 1 }],
    ["a quote that would close a text", { a: '","b":"1' }, { a: "", b: "1" }],
  ])("distinguishes %s", (_name, left, right) => {
    const [one, other] = [left, right].map((facts) => linkEvent(EMPTY_CHAIN, OF, "task.opened", AT, facts));
    expect(one?.hash).not.toBe(other?.hash);
  });
});

describe("a chain", () => {
  it("I7: is whole as it was written, at every length", () => {
    for (const length of [0, 1, 2, 3]) expect(isWholeChain(chain.slice(0, length))).toBe(true);
  });

  it.each<[string, readonly JournalEvent[]]>([
    ["its first event is missing", [second, third]],
    ["one in the middle is missing", [first, third]],
    ["one is there twice", [first, first, second]],
    ["two have changed places", [first, third, second]],
    ["a fact was changed", [first, { ...second, facts: { lease: "aws-1" } }, third]],
    ["a time was changed", [{ ...first, at: AT + 1 }, second, third]],
    ["a type was changed", [first, second, { ...third, type: "task.refused" }]],
    ["it was moved to another task", [{ ...first, of: "zzzzzzzzzzzz." }]],
    ["one was written anew with a fitting hash", [first, linkEvent(headOf(first), OF, "task.ended", AT, {}), third]],
    ["one was numbered anew", [first, { ...third, n: 2 }]],
    ["it begins with a later number", [linkEvent({ n: 4, hash: "" }, OF, "task.opened", AT, {})]],
    [
      "its second is the second of another task",
      [first, linkEvent({ n: 1, hash: "another" }, OF, "task.ended", AT, {})],
    ],
    ["one came from the chain of another task", [first, linkEvent(EMPTY_CHAIN, "zzzzzzzzzzzz.", "task.ended", AT, {})]],
  ])("I7: is not whole when %s", (_name, events) => {
    expect(isWholeChain(events)).toBe(false);
  });

  it("I7: is shorter than its recorded head when its end is missing", () => {
    const cut = chain.slice(0, 2);
    expect(isWholeChain(cut)).toBe(true);
    expect(cut.map(headOf).at(-1)).not.toEqual(headOf(third));
  });
});
