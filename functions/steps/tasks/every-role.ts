import type { Deployment } from "../../core/deployment/deployment.ts";
import type { RoleRef } from "../../core/revocation/roles.ts";
import { taskRoleNames } from "../../hub-names.ts";
import { keptTaskRoles } from "../../names.ts";

/** Lists every task role that may have a live session: roles of all pools, and former ones without new tasks. */
export const everyRole = (deployment: Pick<Deployment, "accounts" | "prefix">): readonly RoleRef[] =>
  deployment.accounts.flatMap((account) =>
    taskRoleNames(keptTaskRoles(account), deployment).map((role) => ({ account: account.id, role })),
  );
