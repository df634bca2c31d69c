import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import type { ConditionKind } from "../../contract/names.ts";
import { conditionsIn } from "../../functions/policy/clauses/conditions.ts";
import { jsonOf } from "../unit/core/cedar-of.ts";

const NAMES = ["freeze", "incident", "watched"] as const;
type Name = (typeof NAMES)[number];

const ON_TAGS = ['resource.tags.env == "dev"', 'resource.tags.team == "ops"'] as const;

/** Texts about facts of the request. Those about tags err on a resource without the tag. */
const OTHER = [
  ...ON_TAGS,
  'resource.tags has env && resource.tags.env == "dev"',
  "resource.tags has team",
  'resource.tags has env || resource.tags.team == "ops"',
  "context.ttl < 900",
  "context.ttl + 9223372036854775000 > 0",
  "true",
] as const;

/** Texts that read conditions in forms of which no effect is proven. */
const ODD = [
  'if context.conditions.contains("freeze") then resource.tags.env == "dev" else true',
  'if context.conditions.contains("watched") then false else true',
  "context.conditions.isEmpty()",
  "context.conditions.containsAll([])",
  "context.conditions.containsAny([])",
  'context.conditions == ["incident"]',
  '["freeze", "incident"].containsAll(context.conditions)',
  'context.conditions.contains(if resource.tags has env then "freeze" else "watched")',
  '(if context.ttl < 900 then context else context).conditions.contains("freeze")',
  '{now: context}.now.conditions.contains("incident")',
  "context == {ttl: 600, conditions: []}",
] as const;

const some = fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 });
const reading = fc.oneof(
  fc.constantFrom(...NAMES).map((name) => `context.conditions.contains("${name}")`),
  fc
    .tuple(fc.constantFrom("containsAny", "containsAll"), some)
    .map(([operator, names]) => `context["conditions"].${operator}([${names.map((name) => `"${name}"`).join(", ")}])`),
);

/** Makes expressions of these leaves. */
const expressionOf = (leaf: fc.Arbitrary<string>, depthSize: fc.DepthSize = "small"): fc.Arbitrary<string> =>
  fc.letrec<{ readonly all: string }>((tie) => ({
    all: fc.oneof(
      { depthSize, withCrossShrink: true },
      leaf,
      tie("all").map((inner) => `!(${inner})`),
      fc
        .tuple(tie("all"), fc.constantFrom("&&", "||"), tie("all"))
        .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    ),
  })).all;

const clause = fc
  .tuple(
    fc.constantFrom("when", "unless"),
    fc.oneof(
      { weight: 6, arbitrary: expressionOf(reading) },
      { weight: 4, arbitrary: expressionOf(fc.constantFrom(...OTHER)) },
      { weight: 4, arbitrary: expressionOf(fc.oneof(reading, fc.constantFrom(...ON_TAGS)), "medium") },
      { weight: 1, arbitrary: expressionOf(fc.oneof(reading, fc.constantFrom(...ODD))) },
    ),
  )
  .map(([kind, body]) => `${kind} { ${body} }`);

const policy = fc
  .tuple(fc.constantFrom("permit", "permit", "forbid"), fc.array(clause, { maxLength: 2 }))
  .map(([effect, clauses]) => `${effect} (principal, action, resource) ${clauses.join(" ")};`);

const policies = fc.tuple(policy, fc.array(policy, { maxLength: 3 })).map(([first, more]) => [first, ...more]);

interface Facts {
  readonly tags: Readonly<Record<string, string>>;
  readonly ttl: number;
  readonly hold: readonly Name[];
}

const facts: fc.Arbitrary<Facts> = fc.record({
  tags: fc.constantFrom<Facts["tags"][]>(
    {},
    { env: "dev" },
    { env: "prod" },
    { team: "ops" },
    { env: "dev", team: "ops" },
  ),
  ttl: fc.constantFrom(600, 1_200),
  hold: fc.subarray([...NAMES]),
});

/** Counts of a run, by which a test knows that it met what it is about. */
export interface Compared {
  /** Pairs of answers, with a condition and without it, to the same question. */
  pairs: number;
  /** Pairs that differ. */
  differ: number;
  /** Answers for which a policy erred. */
  erred: number;
  /** Policies that `conditionsIn` refused, which were left out. */
  refused: number;
}

export const nothingCompared = (): Compared => ({ pairs: 0, differ: 0, erred: 0, refused: 0 });

/**
 * Holds `conditionsIn` to its promise: where policies use a condition in one way alone, more is permitted with it than without it only
 * where it permits, and less only where it restricts. A condition that they do not use changes nothing. Cedar answers, which skips a policy that errs; and
 * Cedar with the service's own rule, by which a forbid that errs denies.
 * @param usesOf function to try in place of `conditionsIn`.
 */
export const kindsAreKept = (compared: Compared, usesOf: typeof conditionsIn = conditionsIn) =>
  fc.asyncProperty(facts, policies, async (given, texts) => {
    const accepted = texts.flatMap((text) => {
      const uses = usesOf(jsonOf(text));
      return "fault" in uses ? [] : [{ text, uses }];
    });
    compared.refused += texts.length - accepted.length;
    const ask = asked(accepted.map(({ text }) => text));
    for (const name of NAMES) {
      const does = new Set(
        accepted.flatMap(({ uses }) => uses.filter((use) => use.name === name)).map((use) => use.does),
      );
      if (does.size > 1) continue;
      const without = ask({ ...given, hold: given.hold.filter((each) => each !== name) });
      const held = ask({ ...given, hold: [...new Set([...given.hold, name])] });
      compared.pairs += 1;
      if (without.plain !== held.plain || without.strict !== held.strict) compared.differ += 1;
      if (without.erred || held.erred) compared.erred += 1;
      for (const rule of ["plain", "strict"] as const)
        refuseUnless(isKept(does, without[rule], held[rule]), name, rule);
    }
  });

const isKept = (does: ReadonlySet<ConditionKind>, without: boolean, held: boolean): boolean =>
  without === held || does.has(held ? "permits" : "restricts");

function refuseUnless(holds: boolean, name: string, rule: string): void {
  if (!holds) throw new Error(`${name} has another effect than its uses, by the ${rule} rule`);
}

/** Asks Cedar about one request under the policies. `strict`: a forbid that errs denies. */
function asked(texts: readonly string[]) {
  const staticPolicies = Object.fromEntries(texts.map((text, index) => [String(index), text]));
  const parsed = cedar.preparsePolicySet("kinds", { staticPolicies });
  if (parsed.type === "failure") throw new Error(JSON.stringify(parsed.errors));
  return ({ tags, ttl, hold }: Facts) => {
    const answer = cedar.statefulIsAuthorized({
      principal: { type: "Agent", id: "a" },
      action: { type: "Action", id: "x" },
      resource: { type: "AWS::Resource", id: "one" },
      context: { ttl, conditions: [...hold] },
      entities: [{ uid: { type: "AWS::Resource", id: "one" }, attrs: { tags }, parents: [] }],
      preparsedPolicySetId: "kinds",
    });
    if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
    const { decision, diagnostics } = answer.response;
    const plain = decision === "allow";
    const forbidErred = diagnostics.errors.some(({ policyId }) => texts[Number(policyId)]?.startsWith("forbid"));
    return { plain, strict: plain && !forbidErred, erred: diagnostics.errors.length > 0 };
  };
}
