import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyCache, prove } from "../../../functions/core/proof/prove.ts";
import { allow, textOf } from "../../unit/core/proof/ask.ts";
import { rightOnEveryCall } from "./every-call.ts";

describe("I2: a proof of any text under any policies, by every call of a small world", () => {
  it("is never false, and neither is a counterexample", { timeout: 300_000 }, async () => {
    const verdicts = new Map<string, number>();
    await fc.assert(rightOnEveryCall({ prove, emptyCache }, verdicts), { numRuns: RUNS, examples: [BOTH_ENDS] });
    expect(verdicts.get("proven")).toBeGreaterThan(0);
    expect(verdicts.get("counterexample")).toBeGreaterThan(0);
  });
});

/**
 * A forbid about a tag with both a beginning and an end. The forbid counts for a resource without the tag, since some
 * value would make it hold.
 */
const BOTH_ENDS: [string, string[]] = [
  textOf(allow("s3:GetObject", "arn:aws:s3:::k/a", { StringNotLike: { "s3:ExistingObjectTag/t": "a" } })),
  [
    'permit (principal, action, resource is AWS::Resource) when { resource.arn like "arn:aws:s3:::k/*" };',
    'forbid (principal, action, resource is AWS::Resource) when { resource.tags.t like "b*" && resource.tags.t like "*a" };',
  ],
];

/** `npm run prove` tries 20,000. */
const RUNS = 100;
