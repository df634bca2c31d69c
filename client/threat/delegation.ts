import { TREE_LIMITS } from "../../contract/limits.ts";
import { isEnforced } from "../../functions/core/policy/enforced.ts";
import { pathsIn } from "../../functions/policy/clauses/subject.ts";
import { partsOf } from "../../functions/policy/explain/parts.ts";
import type { ReadPolicy } from "../../functions/policy/read/parse-policies.ts";
import { nodesIn } from "../../functions/policy/read/policy-nodes.ts";

/** Policy that reads facts of a delegation. */
export interface DelegationRule {
  readonly policy: string;
  readonly effect: "permit" | "forbid";
  readonly says: string;
}

/** Delegation to an agent and from it, with the policies that read it. */
export interface DelegationEdges {
  readonly to_it: string;
  readonly from_it: string;
  /** Policies about this agent that read the tasks above. */
  readonly rules: readonly DelegationRule[];
  /** Policies about other agents that name this agent in the chain above them. */
  readonly naming_it: readonly DelegationRule[];
  readonly limits: { readonly depth: number; readonly children: number; readonly pending: number };
}

/** Describes an agent's delegation. @param own policies that may be about the agent. */
export function delegationOf(id: string, own: readonly ReadPolicy[], all: readonly ReadPolicy[]): DelegationEdges {
  const { depth, children, pending } = TREE_LIMITS;
  const looking = all.filter(({ json, policy }) => isEnforced(policy) && readsDelegation(json.conditions));
  const isNaming = ({ json }: ReadPolicy) => nodesIn(json.conditions).some(({ Value }) => Value === id);
  return {
    to_it:
      "Any agent with a live task may name this one in a delegation token. The sub-task is granted what policy permits this agent, within what the task above holds: never more than the reach.",
    from_it:
      "A task of this agent may name any registered agent. That agent is granted what policy permits it, within what this task holds; an approval is never inherited.",
    rules: looking.filter((rule) => own.includes(rule)).map(ruleInWords),
    naming_it: looking.filter((rule) => !own.includes(rule) && isNaming(rule)).map(ruleInWords),
    limits: { depth, children, pending },
  };
}

const readsDelegation = (conditions: unknown): boolean =>
  pathsIn(conditions).some((path) => path.startsWith("context.delegation"));

const ruleInWords = (rule: ReadPolicy): DelegationRule => ({
  policy: rule.policy.id,
  effect: rule.policy.effect,
  says: partsOf(rule)
    .filter(({ json }) => readsDelegation(json.conditions))
    .map(({ text }) => text)
    .join(" && "),
});
