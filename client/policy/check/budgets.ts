import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import { type Budget, budgetsOfAll, budgetText } from "../../../functions/core/budgets/budget.ts";
import type { Catalogue } from "../../../functions/core/catalogue/catalogue.ts";
import { isEnforcedPermit } from "../../../functions/core/policy/enforced.ts";
import { type Obligations, obligationsOf } from "../../../functions/core/policy/obligations.ts";
import { leastDemanding } from "../../../functions/core/policy/option.ts";
import type { TagConditions } from "../../../functions/core/policy/tag-conditions.ts";
import { type Clause, clausesOf } from "../../../functions/policy/clauses/clauses.ts";
import { mayHoldTogether, mayMeet, type RuleClauses } from "../../../functions/policy/clauses/may-meet.ts";
import { isOfOperations } from "../../../functions/policy/clauses/obligations.ts";
import { type Finding, type FindingCode, finding } from "../../../functions/policy/read/finding.ts";
import type { ReadPolicy } from "../../../functions/policy/read/parse-policies.ts";
import { isWithin } from "./pointless.ts";

/** Enforced permit of agents' actions. */
interface Permit extends RuleClauses {
  readonly obligations: Obligations;
  readonly budgets: readonly Budget[];
}

/** Finds budgets that bound less than a reader expects: evaded, shared, written in two ways, or too many for one task. */
export function budgetProblems(policies: readonly ReadPolicy[], catalogue: Catalogue): readonly Finding[] {
  const permits = policies
    .filter(({ policy }) => isEnforcedPermit(policy))
    .filter((each) => !isOfOperations(each))
    .map(permitOf);
  return permits
    .filter(({ budgets }) => budgets.length > 0)
    .flatMap((one) => [
      ...evaded(one, permits, catalogue),
      ...shared(one),
      ...different(one, permits),
      ...tooMany(one, permits, catalogue),
    ]);
}

function permitOf(rule: ReadPolicy): Permit {
  const obligations = obligationsOf(rule.policy.annotations);
  return { rule, clauses: clausesOf(rule.json) ?? [ALWAYS], obligations, budgets: obligations.budgets ?? [] };
}

/** Stands for conditions that are too many to compare. */
const ALWAYS: Clause = { must: [], mustNot: [] };

const found = (code: FindingCode, { rule }: Permit, message: string): Finding =>
  finding(code, { ...rule.source.spotOfAnnotation("budget"), policy: rule.policy.id }, message);

const idsOf = (permits: readonly Permit[]): string => permits.map(({ rule }) => `"${rule.policy.id}"`).join(", ");

const isSame = (one: Budget, other: Budget): boolean => one.name === other.name && one.scope === other.scope;

const lacks = (permit: Permit, budget: Budget): boolean => !permit.budgets.some((each) => isSame(each, budget));

/** Finds the permits that decide in place of this one for some calls, and do not count its budgets. A permit of all of its calls is `obligation_evaded`. */
function evaded(one: Permit, permits: readonly Permit[], catalogue: Catalogue): readonly Finding[] {
  return permits
    .filter((other) => one.budgets.some((budget) => lacks(other, budget)))
    .filter((other) => mayDecideFor(other, one, catalogue) && !isWithin(one.rule, other.rule, catalogue))
    .map((other) => {
      const uncounted = one.budgets.filter((budget) => lacks(other, budget)).map(budgetText);
      return found(
        "budget_evaded",
        one,
        `"${other.rule.policy.id}" may permit a part of this without the budget ${uncounted.join(" and ")}, and the least demanding permit is the one that counts: give it the budget too, or make the two disjoint`,
      );
    });
}

/** True unless `other` certainly never decides for a call that `one` permits. */
function mayDecideFor(other: Permit, one: Permit, catalogue: Catalogue): boolean {
  // Only a permit with @outlives grants actions that mint.
  const [own, others] = [one.rule.policy.annotations.outlives, other.rule.policy.annotations.outlives];
  if (own !== undefined && others === undefined) return false;
  if (!mayShareAsker(one, other) || !mayMeet(one, other, catalogue)) return false;
  return one.clauses.some((a) =>
    other.clauses.some((b) => {
      const weighed = [asOption(one, a), asOption(other, b)];
      return mayHoldTogether(a, b) && leastDemanding(weighed)?.policy === other.rule.policy.id;
    }),
  );
}

const asOption = ({ rule, obligations }: Permit, clause: Clause) => ({
  policy: rule.policy.id,
  obligations,
  conditions: [[...clause.must, ...clause.mustNot].some(({ about }) => READS_TAGS.test(about)) ? OF_TAGS : {}],
});

const READS_TAGS = /^resource\.tags\b|"attr":"tags"/;

/** Conditions on tags, whichever: only their number is compared. */
const OF_TAGS: TagConditions = { StringEquals: {} };

/** True unless the heads are certainly about different agents or people. An agent is in one team. */
function mayShareAsker(one: Permit, other: Permit): boolean {
  const [own, others] = [one, other].map(({ rule }) => askersOf(rule));
  if (own?.kind === undefined || others?.kind === undefined) return true;
  if (own.kind !== others.kind) return false;
  if (own.type !== others.type || own.type === "Group") return true;
  return own.id === others.id;
}

interface Askers {
  readonly kind?: "Agent" | "User";
  readonly type?: string;
  readonly id?: string;
}

/** Reads a head's principals; without a kind where it names none. */
function askersOf({ json: { principal } }: ReadPolicy): Askers {
  const named = principal.op === "is" ? principal.in : principal;
  const entity = named && "entity" in named && "type" in named.entity ? named.entity : undefined;
  const type = entity?.type ?? ("entity_type" in principal ? principal.entity_type : undefined);
  if (type === undefined) return {};
  return { kind: type === "User" || type === "Group" ? "User" : "Agent", ...(entity && { type, id: entity.id }) };
}

/** Finds budgets of many agents that one agent may spend alone. */
function shared(one: Permit): readonly Finding[] {
  return one.budgets
    .filter(({ scope, count }) => (scope === "hub" || scope === "team") && count > 1)
    .filter((budget) => !one.budgets.some((each) => each.scope === "agent" && mostOf(each, budget) < budget.count))
    .map((budget) =>
      found(
        "budget_shared",
        one,
        `one agent may spend the budget ${budgetText(budget)} alone, and so stop the others: add a smaller one beside it, such as ${smallerThan(budget)}`,
      ),
    );
}

/** Computes the most grants that an agent's budget allows in the window of another one. */
const mostOf = (own: Budget, { window }: Budget): number => own.count * Math.ceil(window / own.window);

const smallerThan = (budget: Budget): string =>
  budgetText({ ...budget, scope: "agent", count: Math.max(1, Math.floor(budget.count / 3)) });

/** Finds a budget that an earlier permit has with another number or window. Each permit then holds the same count to its own. */
function different(one: Permit, permits: readonly Permit[]): readonly Finding[] {
  const earlier = permits.slice(0, permits.indexOf(one));
  return one.budgets.flatMap((budget) => {
    const texts = (each: Permit) => each.budgets.filter((other) => isSame(other, budget)).map(budgetText);
    const other = earlier.find((each) => texts(each).some((text) => text !== budgetText(budget)));
    if (other === undefined) return [];
    const message = `"${other.rule.policy.id}" has this budget as ${texts(other).join()}, and both spend one count: write it in one way, or give it another name`;
    return [found("budget_differs", one, message)];
  });
}

/**
 * Finds permits of the same calls whose budgets do not fit one transaction together. A task spends the budgets of all
 * tasks above it, and the permits of the agents there are these.
 */
function tooMany(one: Permit, permits: readonly Permit[], catalogue: Catalogue): readonly Finding[] {
  const meeting = permits.filter(
    (other) => other !== one && other.budgets.length > 0 && mayMeet(one, other, catalogue),
  );
  const together = budgetsOfAll([one, ...meeting].map(({ budgets }) => budgets));
  const [first] = meeting;
  if (together.length <= BUDGET_LIMITS.budgets || !first || permits.indexOf(first) < permits.indexOf(one)) return [];
  return [
    found(
      "budgets_too_many",
      one,
      `${idsOf(meeting)} may permit the same, and all have ${together.length} budgets together, while at most ${BUDGET_LIMITS.budgets} count one task: a sub-agent's task is refused where the tasks above it have spent others`,
    ),
  ];
}
