import type { Pair } from "../intent/pairs.ts";
import type { Requester } from "./entities.ts";
import { labelsIn } from "./labels.ts";
import { mayHold } from "./may-hold.ts";
import type { Policies } from "./query.ts";

/**
 * Lists the labels of a pair: those of every permit that may hold for any part of it, whichever permit decides. So no broad permit beside a labelled one takes
 * the label away.
 * @param requesters everybody for whom policy decides: the agent, the person, and those of the tasks above.
 */
export const labelsOf = (
  pair: Pair,
  requesters: readonly Requester[],
  policies: Pick<Policies, "evaluateLabelled" | "facts">,
): readonly string[] =>
  mayHold(pair, requesters, (query) => policies.evaluateLabelled(query)).flatMap((policy) =>
    labelsIn(policies.facts(policy)?.annotations ?? {}),
  );
