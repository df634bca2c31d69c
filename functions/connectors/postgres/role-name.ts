import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { opaqueTask } from "../../core/tasks/opaque-task.ts";

/**
 * The login of a lease: `vk_` + 32 hexadecimal characters + `_postgres_0`. It is derived from the task's path, so that a crash leaves a login that is
 * found again, and does not tell it, since every login can list the server's logins. The journal's `connector_leases` name the login.
 */
export const roleNameOf = ({ path, name }: Pick<ConnectorLease, "path" | "name">): string =>
  `vk_${opaqueTask(path, "postgres")}_${name.replaceAll("-", "_")}`;

/** The form of every such name: nothing else is ever put into a statement as a login, wherever it was read. */
export const ROLE_NAME = /^vk_[a-z0-9]{12,48}_postgres_[0-9]$/;
