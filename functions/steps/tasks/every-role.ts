import type { Deployment } from "../../core/deployment/deployment.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { keptTaskRoles, taskRoleNames } from "../../names.ts";

/** Lists every task role that may have a live session: those of all pools, and former ones that no new task gets. */
export const everyRole = ({ accounts }: Pick<Deployment, "accounts">): readonly RoleRef[] =>
  accounts.flatMap((account) => taskRoleNames(keptTaskRoles(account)).map((role) => ({ account: account.id, role })));
