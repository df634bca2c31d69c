import type { Deployment } from "../core/deployment.ts";
import type { RoleRef } from "../core/ports.ts";
import { taskRoleName } from "../names.ts";

/** Every task role of every account's pool. */
export const everyRole = ({ accounts }: Pick<Deployment, "accounts">): readonly RoleRef[] =>
  accounts.flatMap(({ id, taskRoles }) =>
    Array.from({ length: taskRoles }, (_, index) => ({ account: id, role: taskRoleName(index) })),
  );
