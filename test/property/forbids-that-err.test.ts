import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluatePartially } from "../../functions/adapters/cedar/cedar-partial-evaluation.ts";
import { queryFor } from "../../functions/core/policy/entities.ts";
import { type Atom, type Conjunction, isAnything, normalForm } from "../../functions/core/policy/normal-form.ts";
import { contains, type Glob } from "../../functions/core/text/glob.ts";
import { anAsker, onObjects } from "../unit/core/policy/pairs.ts";
import { condition, couldHold, EVERY_RESOURCE, type Tagged } from "./arbitrary/tagged-conditions.ts";

/**
 * Evaluates a conjunction by docs/compiler.md, section 3. An atom on a missing tag counts as met, unless the atom tests
 * whether the tag exists.
 */
function isMet({ must, mustNot }: Conjunction, resource: Tagged): boolean {
  const value = (atom: Atom) => (atom.of === "arn" ? resource.arn : resource[atom.key as "team" | "env"]);
  const isIn = (atom: Atom, whereMissing: boolean): boolean => {
    const is = value(atom);
    const text: Glob = [{ literal: is ?? "" }];
    return is === undefined ? whereMissing : contains(atom.glob, text);
  };
  return must.every((atom) => isIn(atom, !isAnything(atom.glob))) && !mustNot.some((atom) => isIn(atom, false));
}

const ON_OBJECTS = queryFor(onObjects("arn:aws:s3:::acme/*"), anAsker(), "arn and tags");

describe("I2: the normal form of a forbid", () => {
  it("holds wherever the forbid holds, or errs for want of tags with which it could hold", () => {
    const count = { holds: 0, not: 0, errs: 0 };
    fc.assert(
      fc.property(condition, (forbid) => {
        const text = `forbid (principal, action, resource is AWS::Resource) when { ${forbid.text} };`;
        const policy = { id: "only", effect: "forbid", annotations: {}, reads: [], text, json: undefined } as const;
        const form = normalForm(evaluatePartially(ON_OBJECTS, [policy]).residuals[0]?.body, "forbid");
        if (form === "unclear") return;
        for (const resource of EVERY_RESOURCE) {
          const must = couldHold(forbid, resource);
          if (must && !form.some((each) => isMet(each, resource)))
            throw new Error(`the normal form does not hold of ${JSON.stringify(resource)}`);
          count[must ? "holds" : "not"] += 1;
          if (typeof forbid.of(resource) !== "boolean") count.errs += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(count.holds, count.not, count.errs)).toBeGreaterThan(2_000);
  });
});
