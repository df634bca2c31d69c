import type { PermissionName } from "../../contract/permissions.ts";
import { type Account, accountOf } from "../core/deployment/deployment.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpEvent } from "../http/event.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";

/**
 * Finds the target account of a request's path, if policy permits the operation. Nobody else learns that the account exists.
 * @throws {Refusal} operator_denied, account_not_found.
 */
export async function accountFor(
  operator: OperatorIdentity,
  name: PermissionName,
  event: HttpEvent,
  ports: Pick<Ports, "policies" | "deployment">,
): Promise<Account> {
  await authoriseOperation(operator, name, "deployment", ports);
  const account = accountOf(ports.deployment, event.pathParameters?.account ?? "");
  if (!account) throw new Refusal("account_not_found");
  return account;
}
