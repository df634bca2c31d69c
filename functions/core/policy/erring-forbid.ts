import type { Denial } from "../refusal.ts";
import type { Policies } from "./query.ts";

/** The denial where a policy that forbids could not be evaluated: Cedar would skip it. One that nothing is known of counts as such. */
export function erringForbid(
  errored: readonly string[],
  policies: Policies,
): Omit<Denial, "action" | "target"> | undefined {
  const policy = errored.find((id) => policies.facts(id)?.effect !== "permit");
  return policy === undefined
    ? undefined
    : { reason: "A policy that forbids could not be evaluated, so nothing that it may concern is granted.", policy };
}
