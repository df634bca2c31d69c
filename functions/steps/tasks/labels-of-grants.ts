import { DIE_WHEN_REVOKED } from "../../connectors/dies-when-revoked.ts";
import { labelsInConflict } from "../../core/holds/conflict.ts";
import type { Pair } from "../../core/intent/pairs.ts";
import { keeperOf, type Permitted } from "../../core/policy/decide.ts";
import { personOf, type Requester } from "../../core/policy/entities.ts";
import { labelsOf } from "../../core/policy/labels-of.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ParentScope } from "./grants.ts";

/**
 * Lists the labels of permitted pairs that are in a conflict, each once: for the agent, for the person, and for those of
 * the tasks above. Asks Cedar nothing where the hub defines no conflict.
 * @throws {Refusal} policy_denied for a labelled pair whose credentials neither a fence nor a revocation surely ends.
 */
export function labelsOfGrants(
  permitted: readonly Permitted[],
  requester: Requester,
  parentScope: ParentScope | undefined,
  ports: Pick<Ports, "deployment" | "policies">,
): readonly string[] {
  const kept = labelsInConflict(ports.deployment.conflicts ?? []);
  if (kept.length === 0) return [];
  const requesters = requestersOf(requester, parentScope);
  const labelled = permitted.map(({ pair }) => ({
    pair,
    labels: labelsOf(pair, requesters, ports.policies).filter((label) => kept.includes(label)),
  }));
  const denials = labelled
    .filter(({ pair, labels }) => labels.length > 0 && !mayBeLabelled(pair))
    .map(({ pair: { action, target }, labels: [label = ""] }) => ({
      action,
      target,
      reason: `Policy labels it "${label}" and keeps that apart from other labels, and neither a fence nor a revocation surely ends what it hands out.`,
      hint: "Ask for it in a task of its own, and the platform team for a permit without @label.",
    }));
  if (denials.length > 0) throw new Refusal("policy_denied", { denials });
  return [...new Set(labelled.flatMap(({ labels }) => labels))].sort();
}

const mayBeLabelled = (pair: Pair): boolean => {
  const keeper = keeperOf(pair);
  return keeper === "aws" ? !pair.mints : DIE_WHEN_REVOKED.has(keeper);
};

/** Lists everybody for whom policy decides: the agent, the person, and those of the tasks above. */
export const requestersOf = (requester: Requester, parentScope: ParentScope | undefined): readonly Requester[] => {
  const person = personOf(requester);
  const above =
    parentScope === undefined ? [] : requestersOf(parentScope.grants.requester, parentScope.grants.parentScope);
  return [requester, ...(person ? [person] : []), ...above];
};
