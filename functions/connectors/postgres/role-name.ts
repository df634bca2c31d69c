import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { opaqueTask } from "../../core/tasks/opaque-task.ts";

/**
 * Makes the name of a lease's login: `vk_` + 32 hexadecimal characters + `_postgres_0`. The name is derived from the
 * task's path, so a login is found again after a crash. Every login can list the server's logins, so the name does not
 * reveal the path. The journal's `connector_leases` name the login.
 */
export const roleNameOf = ({ path, name }: Pick<ConnectorLease, "path" | "name">): string =>
  `vk_${opaqueTask(path, "postgres")}_${name.replaceAll("-", "_")}`;

/** Form of such a name. Only a name of this form is put into a statement as a login, wherever the name was read. */
export const ROLE_NAME = /^vk_[a-z0-9]{12,48}_postgres_[0-9]$/;
