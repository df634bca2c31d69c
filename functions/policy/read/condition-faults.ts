import type { ConditionKind } from "../../../contract/names.ts";
import { nearest } from "../../core/catalogue/nearest.ts";
import { type ConditionFault, type ConditionUse, conditionsIn } from "../clauses/conditions.ts";
import { type Finding, type FindingCode, finding } from "./finding.ts";
import type { KnownCondition, KnownConfig } from "./known-config.ts";
import type { ReadPolicy } from "./parse-policies.ts";

/** First place at which a policy has the conditions, in any spelling of the attribute, or else the context. */
const CONDITIONS = /\bcontext\s*(?:\.\s*conditions|\[\s*"conditions"|has\s+"?conditions)/;
const CONTEXT = /\bcontext\b/;

/**
 * Finds uses of conditions of the world whose effect is not proven, or is not the effect of the condition's kind.
 * @param known conditions of `valetkey.json`, where they are known.
 */
export function conditionFaults(
  { json, policy, source }: ReadPolicy,
  known: readonly KnownCondition[] | undefined,
): readonly Finding[] {
  const found = conditionsIn(json);
  if ("fault" in found) {
    const place = CONDITIONS.test(source.text) ? CONDITIONS : CONTEXT;
    const code = found.fault === "mixed" ? "condition_mixed" : "condition_form";
    return [finding(code, { ...source.spotOfMatch(place), policy: policy.id }, sentenceFor(found))];
  }
  return known === undefined
    ? []
    : found.flatMap((use) => {
        const fault = faultOf(use, json.effect, known);
        const at = { ...source.spotOf(JSON.stringify(use.name)), policy: policy.id };
        return fault === undefined ? [] : [finding(fault.code, at, fault.message)];
      });
}

/** Finds conditions that no policy reads. Finds nothing beside a clause that cannot be read, which may have been meant for one of them. */
export function unusedConditions(
  policies: readonly ReadPolicy[],
  { conditions = [] }: Pick<KnownConfig, "conditions">,
): readonly Finding[] {
  const read = new Set<string>();
  for (const { json } of policies) {
    const found = conditionsIn(json);
    if ("fault" in found) return [];
    for (const { name } of found) read.add(name);
  }
  return conditions
    .filter(({ name }) => !read.has(name))
    .map(({ name, spot }) =>
      finding("condition_unused", spot, `no policy reads the condition "${name}", so to set it changes nothing`),
    );
}

const sentenceFor = ({ fault, text }: ConditionFault): string =>
  fault === "mixed"
    ? `a clause on context.conditions reads ${text} too; write the conditions in a \`when\` or \`unless\` of their own, since a clause that errs without a condition could hold with it`
    : `the effect of conditions on ${text} is not known; write context.conditions.contains("name"), containsAny(["name"]) or containsAll(["name"]), with &&, || and ! alone`;

type Effect = "permit" | "forbid";

function faultOf(
  { name, does }: ConditionUse,
  effect: Effect,
  known: readonly KnownCondition[],
): { readonly code: FindingCode; readonly message: string } | undefined {
  const kind = known.find((each) => each.name === name)?.kind;
  if (kind === undefined) return { code: "condition_unknown", message: unknown(name, known) };
  return does === kind ? undefined : { code: "condition_against_kind", message: against(name, kind, effect) };
}

function unknown(name: string, known: readonly KnownCondition[]): string {
  const names = known.map((each) => each.name);
  const meant = nearest(name, names);
  const instead = meant === undefined ? `it defines ${names.join(", ") || "none"}` : `did you mean "${meant}"?`;
  return `conditions in valetkey.json defines no ${JSON.stringify(name)}, so it never holds; ${instead}`;
}

/** Explains a use against the kind, and the clause that has the effect of the kind. */
function against(name: string, kind: ConditionKind, effect: Effect): string {
  const isMore = (effect === "permit") === (kind === "restricts");
  const clause = (effect === "permit") === (kind === "permits") ? "when" : "unless";
  return `while "${name}" holds, this ${effect}s ${isMore ? "more" : "less"}, and the condition ${KINDS[kind]}; a ${effect} reads it in \`${clause}\`, without a \`!\``;
}

const KINDS: Readonly<Record<ConditionKind, string>> = {
  restricts: "is one that restricts: policies must permit no more while it holds",
  permits: "is one that permits: policies must permit no less while it holds",
};
