import { describe, expect, it } from "vitest";
import { Budget } from "../../../../functions/core/proof/budget.ts";
import { ordinaryQuestion } from "../../../../functions/core/proof/ordinary-question.ts";
import { PartsCache } from "../../../../functions/core/proof/parts-cache.ts";
import { Permission } from "../../../../functions/core/proof/permission.ts";
import type { Situation, StatedPolicy, StatedRequester } from "../../../../functions/core/proof/question.ts";
import { readQuestion } from "../../../../functions/core/proof/read-question.ts";
import { actionOf, catalogue } from "../catalogue/load-catalogue.ts";
import { PERMIT, statedOf, when } from "./ask.ts";

const GET = actionOf("s3:GetObject");
const LIST = actionOf("s3:ListAllMyBuckets");

/** Policy's decision, by parts that other questions may have used. */
function permission(policies: readonly StatedPolicy[], parts = newParts(), asker: Partial<StatedRequester> = {}) {
  const question = ordinaryQuestion("x", { policies, catalogue, never: [] });
  const read = readQuestion({ ...question, asker: { ...question.asker, ...asker } });
  const permitted = new Permission(read, parts);
  const of = (action = GET, situation = read.situations[0] as Situation) => permitted.of(action, situation);
  return { of, situations: read.situations };
}
const newParts = () => new PartsCache().begin(new Budget(() => 0));

/** The policies, and how often their contents were read. */
function counting(...texts: readonly string[]) {
  let looks = 0;
  const policies = texts.map(statedOf).map(({ json, ...policy }) => ({
    ...policy,
    get json() {
      looks += 1;
      return json;
    },
  }));
  return { policies, looks: () => looks };
}

describe("policy's decision on an action in a situation", () => {
  it("is of the policies that some call meets", () => {
    const texts = [PERMIT, when("permit", "false"), when("forbid", "1 == 2"), when("forbid", "true")];
    const { permits, forbids } = permission(texts.map(statedOf)).of();
    expect([permits.length, forbids.map(({ id }) => id)]).toEqual([1, ["p3"]]);
  });

  it("has a number that no other one has", () => {
    const { of, situations } = permission([statedOf(PERMIT)]);
    const ids = situations.flatMap((situation) => [GET, LIST].map((action) => of(action, situation).id));
    expect(new Set(ids).size).toBe(2 * situations.length);
    expect(of().id).toBe(of(actionOf("s3:PutObject")).id);
  });

  it("is open in each policy by itself where no evaluation can decide", () => {
    const odd = when("permit", 'decimal("1.0") == decimal("1.0")');
    const { permits } = permission([odd, odd].map(statedOf)).of();
    expect(new Set(permits).size).toBe(2);
  });

  it("is evaluated once for all questions, where it is the same in all", () => {
    const [parts, stated] = [newParts(), statedOf(when("permit", 'resource.arn like "a*"'))];
    const [first, second] = [0, 1].map(() => permission([stated], parts).of().permits);
    expect(first).toEqual(second);
    expect(parts.policies.size).toBe(1);
  });

  it("is stored for all questions where two tags are compared, of which no text limits the values", () => {
    const parts = newParts();
    permission([statedOf(when("permit", "resource.tags.a == resource.tags.b"))], parts).of();
    expect(parts.policies.size).toBe(1);
  });

  it("is evaluated for each account where the action has no resource, and once where it has one", () => {
    const [parts, stated] = [newParts(), statedOf("permit (principal, action, resource);")];
    const { of } = permission([stated], parts);
    of(GET);
    of(LIST);
    of(actionOf("s3:PutObject"));
    expect(parts.policies.size).toBe(2);
  });

  it("is evaluated once for a question that it is about, and for no other", () => {
    const parts = newParts();
    const { policies, looks } = counting(when("permit", "resource.region == resource.tags.region"));
    const { of, situations } = permission(policies, parts);
    of();
    const before = looks();
    for (const situation of situations) of(GET, situation);
    expect(looks()).toBe(before);
    expect(parts.policies.size).toBe(0);
    permission(policies, parts).of();
    expect(looks()).toBeGreaterThan(before);
  });

  it("permits nothing that is bound to an address which nobody knows", () => {
    const bound = [statedOf(`@bindIp("yes") ${PERMIT}`)];
    expect(permission(bound).of().permits).toEqual([]);
    const { of, situations } = permission(bound, newParts(), { boundIp: "192.0.2.7" });
    expect(situations.map((situation) => of(GET, situation).permits.length)).toContain(1);
    for (const situation of situations.filter(({ from }) => from === "elsewhere"))
      expect(of(GET, situation).permits).toEqual([]);
  });
});
