import type { Pair } from "../intent/pairs.ts";
import { globFromIam } from "../text/glob.ts";
import { refusedCallsIn } from "./enforced.ts";
import { queryFor, type Requester } from "./entities.ts";
import { normalForm } from "./normal-form.ts";
import { serviceOf } from "./per-call.ts";
import type { Policies } from "./query.ts";

/**
 * Lists the operations that forbids of single calls (`@perCall`) refuse under a pair: those of every forbid that may hold for any part of it. A forbid whose
 * condition is unclear, or errs, counts. Operations of other services are none of the pair's.
 * @param requesters everybody for whom policy decides: the agent, the person, and those of the tasks above.
 */
export function refusedCallsOf(
  pair: Pair,
  requesters: readonly Requester[],
  policies: Pick<Policies, "evaluatePerCall" | "facts">,
): readonly string[] {
  const open = pair.isPattern || pair.kind === "resource" ? "arn and tags" : "tags";
  const about = pair.kind === "resource" ? globFromIam(pair.target) : undefined;
  const forbids = requesters.flatMap((requester) => {
    const { residuals, errored } = policies.evaluatePerCall(queryFor(pair, requester, open));
    const holding = residuals.filter(({ effect, body }) => normalForm(body, effect, about).length > 0);
    return [...holding.map(({ policy }) => policy), ...errored];
  });
  return [...new Set(forbids)]
    .flatMap((policy) => refusedCallsIn(policies.facts(policy)?.annotations ?? {}))
    .filter((operation) => serviceOf(operation) === serviceOf(pair.action));
}
