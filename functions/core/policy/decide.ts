import type { Pair } from "../intent/pairs.ts";
import type { Denial } from "../refusal.ts";
import { type Asker, queryFor } from "./entities.ts";
import { contains, disjoint, type Glob, globFromIam } from "./glob.ts";
import type { Evaluation, Policies } from "./query.ts";
import { readResidual } from "./residual.ts";

/** A pair that policy permits, and which policies said so. */
export interface Permitted {
  readonly pair: Pair;
  readonly policies: readonly string[];
}

export type Verdict = { readonly permitted: Permitted } | { readonly denied: Denial };

/**
 * Cedar's word on one (action, target). A set of targets is permitted only when every member would be:
 * I2, a session policy allows nothing that Cedar does not permit (design.md, section 6).
 */
export function decide(pair: Pair, asker: Asker, policies: Policies): Verdict {
  const answer = pair.isPattern ? decidePattern(pair, asker, policies) : decideOne(pair, asker, policies);
  if ("reason" in answer) return { denied: { action: pair.action, target: pair.target, ...answer } };
  if (pair.mints && !answer.deciding.some((id) => policies.facts(id)?.annotations.outlives !== undefined)) {
    return {
      denied: {
        action: pair.action,
        target: pair.target,
        reason: "The action hands out something that outlives the task, and no policy permits that.",
        hint: "Only a permit that names this action and carries @outlives grants it.",
      },
    };
  }
  return { permitted: { pair, policies: answer.deciding } };
}

type Answer = { readonly deciding: readonly string[] } | Omit<Denial, "action" | "target">;

function decideOne(pair: Pair, asker: Asker, policies: Policies): Answer {
  const evaluation = policies.evaluate(queryFor(pair, asker, pair.target));
  return erroredForbid(evaluation.errored, policies) ?? (evaluation.allowed ? evaluation : denied(evaluation));
}

function denied(evaluation: Evaluation): Answer {
  const [policy] = evaluation.deciding;
  return policy === undefined ? NO_PERMIT : { reason: "A policy forbids it.", policy };
}

/** Evaluating the pattern as if it were a string would miss a forbid that touches only some of its members. */
function decidePattern(pair: Pair, asker: Asker, policies: Policies): Answer {
  const requested = globFromIam(pair.target);
  const { residuals, errored } = policies.evaluatePartially(queryFor(pair, asker, undefined));
  const broken = erroredForbid(errored, policies);
  if (broken) return broken;

  const deciding: string[] = [];
  for (const { policy, effect, body } of residuals) {
    if (errored.includes(policy)) continue; // an erring permit grants nothing
    const condition = readResidual(body);
    if (condition === "never" || isOutOfReach(condition, requested)) continue;
    if (condition === "unclear")
      return refusePattern(policy, "conditions on the ARN that are not decided for a set of resources");
    if (effect === "forbid") {
      if (condition.length === 0) return { reason: "A policy forbids it.", policy };
      return refusePattern(policy, "forbids a part of this set of resources");
    }
    if (condition.every((glob) => contains(glob, requested))) deciding.push(policy);
  }
  return deciding.length > 0 ? { deciding } : NO_PERMIT;
}

const isOutOfReach = (condition: "unclear" | readonly Glob[], requested: Glob): boolean =>
  condition !== "unclear" && condition.some((glob) => disjoint(glob, requested));

const refusePattern = (policy: string, what: string): Answer => ({
  reason: `The policy ${what}, so the pattern as a whole cannot be granted.`,
  policy,
  hint: "Name the resources one by one, or ask for a narrower pattern.",
});

const NO_PERMIT: Answer = {
  reason: "No policy permits it.",
  hint: "Ask only for what the task needs; if it needs this, ask the platform team for a policy.",
};

/** Cedar skips a policy that errors. A forbid that could not be evaluated must not be skipped. */
function erroredForbid(errored: readonly string[], policies: Policies): Answer | undefined {
  const policy = errored.find((id) => policies.facts(id)?.effect !== "permit");
  return policy === undefined
    ? undefined
    : { reason: "A policy that forbids could not be evaluated, so nothing that it may concern is granted.", policy };
}
