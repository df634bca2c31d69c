import type { Delegation } from "../delegation/delegation.ts";
import type { TaskPath } from "../task-path.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import type { Presentation, Task, TaskToken } from "./task.ts";

/**
 * Returns the fields of a task that its seal covers: all except those that change during the task's life. A new field
 * of a task is covered unless it is excluded here. The seal covers each lease's name, account and role. Of the tokens
 * the first alone is covered, since every later token has its own seal.
 */
export function sealedFieldsOf(task: Omit<Task, "seal">): object {
  const {
    leases,
    tokens,
    seal: _seal,
    status: _status,
    endedAt: _endedAt,
    endedBy: _endedBy,
    outcome: _outcome,
    ...others
  } = task as Task;
  const { connectorLeases: _connected, presentations: _shown, delegations: _given, ...more } = others;
  const { confirmed: _confirmed, hasDelegated: _hasDelegated, chain: _chain, ...fixed } = more;
  return {
    ...fixed,
    token: tokens[0]?.hash,
    places: leases
      .map(({ name, account, role }) => ({ name, account, role }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** Fields that the seal of a further token covers. */
export const sealedTokenOf = (path: TaskPath, { hash }: Pick<TaskToken, "hash">): object => ({ path, hash });

/** Fields that the seal of a presentation covers. */
export const sealedPresentationOf = (
  path: TaskPath,
  { hash, server, expiresAt, listed }: Omit<Presentation, "seal">,
): object => ({ path, hash, server, expiresAt, ...(listed ? { listed } : {}) });

/** Fields that the seal of a delegation covers. The delegation's use is not among them: another item records it. */
export const sealedDelegationOf = (
  path: TaskPath,
  { hash, agent, details, expiresAt, listed }: Omit<Delegation, "seal">,
): object => ({ path, hash, agent, details, expiresAt, ...(listed ? { listed } : {}) });

/** Fields that the seal of a connector's lease covers: they name the secrets that the task's own session reads, and until when. */
export const sealedLeaseOf = (lease: ConnectorLease): object => ({
  ...undatedLeaseOf(lease),
  until: lease.expiresAt,
});

/** Fields that the seal of a lease covers that was recorded by a release whose seals had no end. */
export const undatedLeaseOf = ({ path, name, type, made }: ConnectorLease): object => ({
  path,
  name,
  type,
  arns: made.session_arns,
});
