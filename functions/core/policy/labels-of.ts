import type { Pair } from "../intent/pairs.ts";
import { globFromIam } from "../text/glob.ts";
import { queryFor, type Requester } from "./entities.ts";
import { labelsIn } from "./labels.ts";
import { normalForm } from "./normal-form.ts";
import type { Policies } from "./query.ts";

/**
 * Lists the labels of a pair: those of every permit that may hold for any part of it, whichever permit decides. A permit
 * whose condition is unclear, or errs, counts. So no broad permit beside a labelled one takes the label away.
 * @param requesters everybody for whom policy decides: the agent, the person, and those of the tasks above.
 */
export function labelsOf(
  pair: Pair,
  requesters: readonly Requester[],
  policies: Pick<Policies, "evaluateLabelled" | "facts">,
): readonly string[] {
  // The decision has asked with the ARN open, too, for all targets of the action at once. The target is compared below.
  const open = pair.isPattern || pair.kind === "resource" ? "arn and tags" : "tags";
  const about = pair.kind === "resource" ? globFromIam(pair.target) : undefined;
  return requesters.flatMap((requester) => {
    const { residuals, errored } = policies.evaluateLabelled(queryFor(pair, requester, open));
    const holding = residuals.filter(({ effect, body }) => normalForm(body, effect, about).length > 0);
    return [...holding.map(({ policy }) => policy), ...errored].flatMap((policy) =>
      labelsIn(policies.facts(policy)?.annotations ?? {}),
    );
  });
}
