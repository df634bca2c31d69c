import type { Deployment } from "../core/deployment.ts";
import type { RoleRef } from "../core/ports.ts";
import { taskRoleNames } from "../names.ts";

/** Every task role of every account's pool. */
export const everyRole = ({ accounts }: Pick<Deployment, "accounts">): readonly RoleRef[] =>
  accounts.flatMap(({ id, taskRoles }) => taskRoleNames(taskRoles).map((role) => ({ account: id, role })));
