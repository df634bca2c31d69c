import { type Account, accountOf } from "../deployment/deployment.ts";
import type { Permitted } from "../policy/decide.ts";
import { exceptionFor } from "./exceptions.ts";

/**
 * Adds to a permitted pair the condition of its account's exception. For `iam:PassRole` these are the services that may
 * get the role. Without the condition, a session could pass the role to any service that trusts it.
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
