import type { ApiUse } from "../ledger/api-use.ts";
import { HALT_SECONDS } from "../revocation/halt.ts";
import type { Task } from "../tasks/task.ts";

/**
 * True where a session with the task's name may be a copy that a session of the task has made of itself. The task then
 * has a lease in the account and role, and one of its sessions may have been alive. A session that somebody made in
 * another way can also have this name.
 */
export const mayBeCopy = (
  { account, role, at }: Pick<Partial<ApiUse>, "account" | "role" | "at">,
  { leases, endedAt, expiresAt }: Pick<Task, "leases" | "endedAt" | "expiresAt">,
): boolean =>
  leases.some((lease) => lease.account === account && lease.role === role) &&
  at !== undefined &&
  at <= Math.min(endedAt ?? expiresAt, expiresAt) + HALT_SECONDS;
