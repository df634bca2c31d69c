import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CedarPolicies } from "../../functions/adapters/cedar/cedar-policies.ts";
import { NOTHING_HOLDS } from "../../functions/core/conditions/holding.ts";
import type { Pair } from "../../functions/core/intent/pairs.ts";
import { spreadIntent } from "../../functions/core/intent/spread-intent.ts";
import { decide } from "../../functions/core/policy/decide.ts";
import { queryFor } from "../../functions/core/policy/entities.ts";
import type { PreparedPolicy } from "../../functions/core/policy/prepared-policy.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { parsePolicies } from "../../functions/policy/read/parse-policies.ts";
import { spelled } from "../fakes/samples/spelled.ts";
import { catalogue } from "../unit/core/catalogue/load-catalogue.ts";
import { ACCOUNT } from "./arbitrary/arns.ts";
import { arbitraryScenario, concreteArns, NAMED } from "./arbitrary/scenarios.ts";

/** Policies that distinguish actions in each possible way, and forbids that err for some resources alone. */
const TELLING = fc.subarray(
  [
    'forbid (principal, action, resource) when { action == Action::"s3:GetObject" && context.ttl > 60 };',
    'permit (principal, action, resource) when { action in Action::"s3:Read" };',
    'permit (principal, action == Action::"s3:Read", resource);',
    'permit (principal, action in [Action::"s3:Read", Action::"s3:PutObject"], resource);',
    'forbid (principal, action in Action::"s3:Write", resource is AWS::Resource) when { resource.arn like "*/pii/*" };',
    'forbid (principal, action, resource is AWS::Resource) when { resource.arn like "*/pii/*" && context.ttl * 9223372036854775807 > 1 };',
    "forbid (principal, action, resource is AWS::Resource) when { ip(resource.arn).isIpv4() };",
    'forbid (principal, action, resource is AWS::Resource) when { resource.arn like "arn:aws:s3:::*" && ip(resource.arn).isIpv4() };',
    'permit (principal, action, resource is AWS::Resource) when { resource.arn == "x" || resource.region == "" };',
    '@mode("shadow") forbid (principal, action == Action::"s3:GetObject", resource);',
  ],
  { maxLength: 4 },
);

const AT_MS = Date.UTC(2026, 10, 24, 12);
let bundles = 0;
const serve = (policies: readonly PreparedPolicy[]) =>
  new CedarPolicies({ policies, claims: [], hash: `long intents ${bundles++}` });

/** Pairs of each action with each ARN that it fits. */
const pairsOf = (actions: readonly string[], arns: readonly string[]): readonly Pair[] =>
  actions.flatMap((action) =>
    arns.flatMap((resource) => {
      try {
        const detail = { type: "aws", account: ACCOUNT, actions: spelled(action), resources: [resource] } as const;
        return spreadIntent([detail], catalogue).flatMap(({ pairs }) => pairs);
      } catch (error) {
        if (error instanceof Refusal) return [];
        throw error;
      }
    }),
  );

describe("I2: the pairs of a long intent, of which many share one query to Cedar", () => {
  it("get the same decision as each pair alone, by Cedar with every attribute known", () => {
    const count = { permitted: 0, denied: 0, forbidden: 0, shadows: 0 };
    fc.assert(
      fc.property(arbitraryScenario, TELLING, (scenario, telling) => {
        const texts = [...scenario.policies.map(({ text }) => text), ...telling].map((each) => each.trim());
        const prepared = parsePolicies({ name: "a", path: "a", text: texts.join("\n") }).map(({ policy }) => policy);
        // Without the policies' scopes, no two actions share an answer, and Cedar evaluates the whole set.
        const [together, apart] = [serve(prepared), serve(prepared.map(({ scope: _, ...policy }) => policy))];
        const asker = { ...scenario.asker, atMs: AT_MS, conditions: NOTHING_HOLDS };
        for (const pair of pairsOf(NAMED, [...new Set([...scenario.arns, ...concreteArns(scenario)])].slice(0, 8))) {
          const [one, other] = [decide(pair, asker, together, true), decide(pair, { ...asker }, apart)];
          if ("permitted" in other || "permitted" in one) {
            expect(one).toEqual(other);
            count.permitted += 1;
            continue;
          }
          expect(one.denied.denial.reason).toBe(other.denied.denial.reason);
          count.denied += 1;
          if (one.denied.denial.reason === "A policy forbids it.") count.forbidden += 1;
          const open = pair.isPattern ? "arn and tags" : "tags";
          const shadows = together.evaluateShadows(queryFor(pair, asker, open));
          count.shadows += shadows.length;
        }
      }),
      { numRuns: 120 },
    );
    expect(Math.min(count.permitted, count.forbidden)).toBeGreaterThan(20);
    expect(count.denied).toBeGreaterThan(100);
    expect(count.shadows).toBeGreaterThan(4);
  });
});
