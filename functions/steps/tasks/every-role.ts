import type { Deployment } from "../../core/deployment/deployment.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { keptTaskRoles, taskRoleNames } from "../../names.ts";

/** Every task role in which a session may live: of every account's pool, with those that no new task gets any more. */
export const everyRole = ({ accounts }: Pick<Deployment, "accounts">): readonly RoleRef[] =>
  accounts.flatMap((account) => taskRoleNames(keptTaskRoles(account)).map((role) => ({ account: account.id, role })));
