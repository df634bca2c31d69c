import { readFileSync } from "node:fs";
import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { describe, expect, it } from "vitest";
import { preparePolicies } from "../../../functions/policy/prepare-policies.ts";
import { unprovable } from "../../../functions/policy/read/unprovable.ts";
import { DEPLOYMENT } from "../../fakes/world/world.ts";
import { catalogue } from "../core/catalogue/load-catalogue.ts";
import { allow, answerTo, PERMIT, textOf, when } from "../core/proof/ask.ts";
import { folderWith } from "./folder.ts";

const found = (text: string) => {
  const converted = cedar.policyToJson(text);
  if (converted.type === "failure") throw new Error(converted.errors.map(({ message }) => message).join());
  return unprovable(converted.json).map(({ sentence }) => sentence);
};
const TEXT = textOf(allow("s3:GetObject", "arn:aws:s3:::acme/*"));

/** Conditions that no proof can read, and the sentence about each. */
const UNREAD: readonly (readonly [condition: string, says: RegExp])[] = [
  ['decimal("1.0").lessThan(decimal("2.0"))', /cannot read `decimal`; compare whole numbers, or texts/],
  ['datetime("2026-01-01") < datetime("2027-01-01")', /cannot read `datetime`; use `context\.time\.hour`/],
  ['duration("1h") < duration("2h")', /cannot read `duration`/],
  ["context.ttl < 9007199254740993", /a number beyond 2\^53; write a smaller one/],
  ["resource.account == resource.region", /`==` compares two texts that are open until the call/],
  ["[resource.service].contains(resource.tags.service)", /`contains` compares two texts that are open/],
  ["resource.tags.team == resource.tags.owner", /`==` compares two texts/],
  ["ip(resource.tags.from).isLoopback()", /an address from a text of the resource/],
];

describe("I2: a condition that the validator cannot read", () => {
  it.each(UNREAD)("is named, with what to write instead: %s", (condition, sentence) => {
    expect(found(when("forbid", condition))).toEqual([expect.stringMatching(sentence)]);
  });

  it.each(UNREAD.filter(([condition]) => !condition.includes("resource")))(
    "leaves a session unproven: %s",
    (condition) => {
      expect(answerTo(TEXT, [PERMIT, when("forbid", condition)])).toEqual({ verdict: "unknown", why: "policy" });
    },
  );

  it("is named once, however deep and however often it occurs", () => {
    const deep = 'if !(context.ttl > 9007199254740993) then decimal("1.0") == decimal("1.1") else true';
    expect(found(when("permit", deep))).toEqual([expect.stringMatching(/2\^53/), expect.stringMatching(/decimal/)]);
  });

  it.each([
    'resource.arn like "*a*" && resource.tags has team && resource.tags.team == "x"',
    'principal.hasTag("ref") && principal.getTag("ref") == "main" && context.ttl < 9007199254740991',
    'context has sourceIp && context.sourceIp.isInRange(ip("192.0.2.0/24"))',
    "resource.service == resource.service",
  ])("is none of these: %s", (condition) => {
    expect(found(when("forbid", condition))).toEqual([]);
  });

  it("is nobody's in a policy that is not about AWS", () => {
    const tool =
      'permit (principal is Agent, action == Action::"tool:Call", resource is Tool) when { decimal("1.0") == decimal("1.0") };';
    expect(found(tool)).toEqual([]);
  });

  it("refuses the build, unless sessions that cannot be proven are only observed", () => {
    const schema = readFileSync(new URL("../../../policies/schema.cedarschema", import.meta.url), "utf8");
    const text = `@id("x") forbid (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource) when { context.ttl < 9007199254740993 };`;
    const folder = folderWith({ "schema.cedarschema": schema, "a.cedar": text });
    expect(() => preparePolicies(folder, catalogue, [], DEPLOYMENT)).toThrow(/not_provable/);
    const observing = { ...DEPLOYMENT, validate: "observe" } as const;
    expect(preparePolicies(folder, catalogue, [], observing).policies).toHaveLength(1);
  });
});
