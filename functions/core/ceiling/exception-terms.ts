import { type Account, accountOf } from "../deployment/deployment.ts";
import type { Permitted } from "../policy/decide.ts";
import { exceptionFor } from "./exceptions.ts";

/**
 * Adds to a permitted pair the condition under which the account lets tasks do it: for `iam:PassRole` the services that may get the role. Without the
 * condition, a session could pass the role on to any service that trusts it.
 */
export function withExceptionTerms(permitted: Permitted, accounts: readonly Account[]): Permitted {
  const { pair } = permitted;
  if (pair.kind !== "resource") return permitted;
  const only = exceptionFor(pair.action, pair.target, accountOf({ accounts }, pair.account)?.exceptions)?.only;
  if (only === undefined) return permitted;
  const conditions = permitted.conditions.map((way) => ({
    ...way,
    StringEquals: { ...way.StringEquals, [only.key]: only.values },
  }));
  return { ...permitted, conditions };
}
