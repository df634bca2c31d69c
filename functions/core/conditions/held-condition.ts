import type { ConditionScope } from "../../../contract/condition-scope.ts";
import type { ScopeKind } from "../../../contract/names.ts";
import type { DefinedCondition } from "./defined-condition.ts";
import type { AgentOfConditions, Holding } from "./holding.ts";

/** Condition as somebody set it, in one place, until a moment. */
export interface HeldCondition {
  readonly name: string;
  readonly scope: ConditionScope;
  /** End; epoch seconds. The condition no longer holds at that moment. */
  readonly until: number;
  /** Moment at which it was set; epoch seconds. */
  readonly at: number;
  /** Operator who set it, `escalation:<rule>:<detection>`, or `event:<id>` for an event on the bus. */
  readonly by: string;
  readonly reason: string;
}

/** Beginning of the author of what an event on the bus has done: `event:` and EventBridge's id of the event. */
export const BY_EVENT = "event:";

/** True for a condition that an event on the bus has set. */
export const isByEvent = ({ by }: Pick<HeldCondition, "by">): boolean => by.startsWith(BY_EVENT);

/** Returns the kind of a scope: `account` of `account:111122223333`. */
export const scopeKindOf = (scope: ConditionScope): ScopeKind => scope.split(":")[0] as ScopeKind;

/** Returns what a scope names: `111122223333` of `account:111122223333`; empty for the hub. */
export const scopedTo = (scope: ConditionScope): string => scope.slice(scope.indexOf(":") + 1 || scope.length);

/**
 * Returns what holds for an agent now. Of what was set, only conditions count that the deployment defines, in a scope that it allows.
 * @param set conditions that somebody set; their ends may have passed.
 */
export function holdingFor(
  agent: AgentOfConditions,
  set: readonly HeldCondition[],
  defined: readonly DefinedCondition[],
  nowSeconds: number,
): Holding {
  const everywhere: string[] = [];
  const accounts: Record<string, readonly string[]> = {};
  for (const { name, scope } of set.filter((each) => isInForce(each, defined, nowSeconds))) {
    const [kind, named] = [scopeKindOf(scope), scopedTo(scope)];
    if (kind === "account") accounts[named] = [...(accounts[named] ?? []), name];
    else if (kind === "hub" || (kind === "team" ? agent.team : agent.id) === named) everywhere.push(name);
  }
  return { everywhere, accounts };
}

/** True where the deployment defines the condition with this scope, and its end has not passed. */
export const isInForce = (
  { name, scope, until }: Pick<HeldCondition, "name" | "scope" | "until">,
  defined: readonly DefinedCondition[],
  nowSeconds: number,
): boolean =>
  nowSeconds < until && defined.some((each) => each.name === name && each.scopes.includes(scopeKindOf(scope)));
