import type { Denial } from "../../../contract/refusals.ts";
import type { Policies } from "./query.ts";

/**
 * Returns a denial where a forbid could not be evaluated, since Cedar would skip it. A policy of unknown effect counts
 * as a forbid.
 */
export function erringForbid(
  errored: readonly string[],
  policies: Policies,
): Omit<Denial, "action" | "target"> | undefined {
  const policy = errored.find((id) => policies.facts(id)?.effect !== "permit");
  return policy === undefined
    ? undefined
    : { reason: "A policy that forbids could not be evaluated, so nothing that it may concern is granted.", policy };
}
