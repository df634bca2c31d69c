import type { Pair } from "../intent/pairs.ts";
import { globFromIam } from "../text/glob.ts";
import { queryFor, type Requester } from "./entities.ts";
import { normalForm } from "./normal-form.ts";
import type { PartialEvaluation, Query } from "./query.ts";

/**
 * Lists the policies that may hold for any part of a pair, each once. One whose condition is unclear, or errs, counts.
 * @param requesters everybody for whom policy decides: the agent, the person, and those of the tasks above.
 * @param evaluate evaluates the policies in question.
 */
export function mayHold(
  pair: Pair,
  requesters: readonly Requester[],
  evaluate: (query: Query) => PartialEvaluation,
): readonly string[] {
  // The decision has asked with the ARN open, too, for all targets of the action at once. The target is compared below.
  const open = pair.isPattern || pair.kind === "resource" ? "arn and tags" : "tags";
  const about = pair.kind === "resource" ? globFromIam(pair.target) : undefined;
  const holding = requesters.flatMap((requester) => {
    const { residuals, errored } = evaluate(queryFor(pair, requester, open));
    const own = residuals.filter(({ effect, body }) => normalForm(body, effect, about).length > 0);
    return [...own.map(({ policy }) => policy), ...errored];
  });
  return [...new Set(holding)];
}
