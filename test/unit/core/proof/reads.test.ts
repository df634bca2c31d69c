import { describe, expect, it } from "vitest";
import { nameOfRead, readsOf } from "../../../../functions/core/proof/cedar-reads.ts";
import { PERMIT, statedOf, when } from "./ask.ts";

const of = (condition: string) => readsOf(statedOf(when("permit", condition)));
const NOTHING = { principal: false, action: false, context: [] };
const WHOLE = ["purpose", "ttl", "delegation", "time", "conditions", "sourceIp", "onBehalfOf", "actor"];

describe("a policy's reading of a call beside the resource", () => {
  it.each([
    ["true", {}],
    ["resource.tags.team == resource.account", {}],
    ["principal.x == 1", { principal: true }],
    ['Agent::"a" in Team::"b"', { principal: true }],
    ['User::"a" == 1', { principal: true }],
    ['Team::"b" == 1', {}],
    ['action == Action::"s3:GetObject"', { action: true }],
    ['Action::"a" == 1', { action: true }],
    ["context.ttl == 1 && context.ttl == 2", { context: ["ttl"] }],
    ['context.time.hour == 1 && context.purpose == "a"', { context: ["purpose", "time"] }],
    ["context has actor", { context: WHOLE.slice(7) }],
    ["context has ttl && context.ttl == 1", { context: ["ttl"] }],
    ["context == {}", { context: WHOLE }],
    ["context.ttl == 1 && {a: context} == {}", { context: WHOLE }],
    ["context.other == 1", { context: WHOLE }],
    ["principal.x == context.sourceIp && action is Action", { principal: true, action: true, context: ["sourceIp"] }],
  ])("%s", (condition, reads) => {
    expect(of(condition)).toEqual({ ...NOTHING, ...reads });
  });

  it("is nothing where there are no conditions", () => {
    expect(readsOf(statedOf(PERMIT))).toEqual(NOTHING);
    expect(readsOf({ json: {} })).toEqual(NOTHING);
  });
});

const PERSON = { issuer: "staff", value: "pat", groups: [], isFirst: false };
const ASKER = {
  agent: { id: "a", owner: "o", team: "t" },
  claims: { c: "1" },
  purpose: "p",
  ttlSeconds: 60,
  openedAt: 0,
  atMs: 0,
  chain: ["r"],
  conditions: ["freeze"],
  sourceIp: "192.0.2.7",
};
const AT = { atSeconds: Date.parse("2026-11-22T12:45:00Z") / 1_000 };

describe("the name of what is read", () => {
  it.each([
    [NOTHING, ASKER, "[0,0]"],
    [{ ...NOTHING, principal: true }, ASKER, '[[{"id":"a","owner":"o","team":"t"},{"c":"1"}],0]'],
    [
      { ...NOTHING, principal: true },
      { ...ASKER, person: PERSON, asks: "person" as const },
      '[["person",{"issuer":"staff","value":"pat","groups":[],"isFirst":false}],0]',
    ],
    // Policy decides about the agent, whomever it acts for.
    [
      { ...NOTHING, principal: true },
      { ...ASKER, person: PERSON },
      '[[{"id":"a","owner":"o","team":"t"},{"c":"1"}],0]',
    ],
    // The request names no person, so policy decides about the agent.
    [
      { ...NOTHING, principal: true },
      { ...ASKER, asks: "person" as const },
      '[[{"id":"a","owner":"o","team":"t"},{"c":"1"}],0]',
    ],
    [{ ...NOTHING, action: true }, ASKER, '[0,"s3:X"]'],
    [{ ...NOTHING, context: ["purpose", "ttl"] as const }, ASKER, '[0,0,"p",60]'],
    [{ ...NOTHING, context: ["delegation", "sourceIp"] as const }, ASKER, '[0,0,["r"],"192.0.2.7"]'],
    [{ ...NOTHING, context: ["conditions"] as const }, ASKER, '[0,0,["freeze"]]'],
    [{ ...NOTHING, context: ["time"] as const }, ASKER, "[0,0,[0,12]]"],
    [{ ...NOTHING, context: ["onBehalfOf", "actor"] as const }, ASKER, "[0,0,null,null]"],
    [
      { ...NOTHING, context: ["onBehalfOf", "actor"] as const },
      { ...ASKER, person: PERSON },
      '[0,0,{"issuer":"staff","value":"pat","groups":[],"isFirst":false},null]',
    ],
    [
      { ...NOTHING, context: ["onBehalfOf", "actor"] as const },
      { ...ASKER, person: PERSON, asks: "person" as const },
      '[0,0,null,{"id":"a","owner":"o","team":"t"}]',
    ],
  ])("holds its values: %j", (reads, asker, name) => {
    expect(nameOfRead(reads, asker, "s3:X", AT)).toBe(name);
  });
});
