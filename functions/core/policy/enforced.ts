import type { PolicyFacts } from "./query.ts";

type Annotated = Pick<PolicyFacts, "annotations">;

/** True for a policy that takes part in decisions on intents: neither observed alone (`@mode("shadow")`), nor about single calls (`@perCall`). */
export const isEnforced = (policy: Annotated): boolean => !isShadow(policy) && !isPerCall(policy);

/** True for a permit that takes part in decisions on intents. */
export const isEnforcedPermit = (policy: Annotated & Pick<PolicyFacts, "effect">): boolean =>
  policy.effect === "permit" && isEnforced(policy);

/** True for a policy that is observed and not enforced. */
export const isShadow = ({ annotations }: Annotated): boolean => annotations.mode === "shadow";

/** True for an enforced forbid of single calls. */
export const isPerCall = (policy: Annotated): boolean => policy.annotations.perCall !== undefined && !isShadow(policy);
