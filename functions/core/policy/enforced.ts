import { parseOperations } from "./per-call.ts";
import type { PolicyFacts } from "./query.ts";

type Annotated = Pick<PolicyFacts, "annotations">;

/** True for a policy that takes part in decisions on intents: neither observed alone (`@mode("shadow")`), nor about single calls (`@perCall`). */
export const isEnforced = (policy: Annotated): boolean => !isShadow(policy) && !isPerCall(policy);

/** True for a policy that is observed and not enforced. */
export const isShadow = ({ annotations }: Annotated): boolean => annotations.mode === "shadow";

/** True for an enforced forbid of single calls. */
export const isPerCall = (policy: Annotated): boolean => policy.annotations.perCall !== undefined && !isShadow(policy);

/** Lists the operations that a forbid of single calls names; none for any other policy. The build has checked their form. */
export function refusedCallsIn({ perCall }: Readonly<Record<string, string>>): readonly string[] {
  const operations = perCall === undefined ? [] : parseOperations(perCall);
  return typeof operations === "string" ? [] : operations;
}
