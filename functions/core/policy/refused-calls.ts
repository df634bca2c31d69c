import { serviceOf } from "../catalogue/action-name.ts";
import type { Pair } from "../intent/pairs.ts";
import type { Requester } from "./entities.ts";
import { mayHold } from "./may-hold.ts";
import { refusedCallsIn } from "./per-call.ts";
import type { Policies } from "./query.ts";

/**
 * Lists the operations that forbids of single calls (`@perCall`) refuse under a pair: those of every forbid that may hold for any part of it. Operations of
 * other services are none of the pair's.
 * @param requesters everybody for whom policy decides: the agent, the person, and those of the tasks above.
 */
export const refusedCallsOf = (
  pair: Pair,
  requesters: readonly Requester[],
  policies: Pick<Policies, "evaluatePerCall" | "facts">,
): readonly string[] =>
  mayHold(pair, requesters, (query) => policies.evaluatePerCall(query))
    .flatMap((policy) => refusedCallsIn(policies.facts(policy)?.annotations ?? {}))
    .filter((operation) => serviceOf(operation) === serviceOf(pair.action));
