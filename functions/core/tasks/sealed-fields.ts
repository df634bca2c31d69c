import type { Delegation } from "../delegation/delegation.ts";
import type { ConnectorLease } from "./connector-lease.ts";
import type { TaskPath } from "./path.ts";
import type { Presentation, Task, TaskToken } from "./task.ts";

/**
 * Fields of a task that its seal covers: all of them but those that change while it lives. A field that is added to a task is covered unless
 * it is named here. Of its leases it covers where they are, and of its tokens the first, since each later one has a seal of its own.
 */
export function sealedFieldsOf(task: Omit<Task, "seal">): object {
  const {
    leases,
    tokens,
    seal: _seal,
    status: _status,
    endedAt: _endedAt,
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
  { hash, server, expiresAt }: Omit<Presentation, "seal">,
): object => ({ path, hash, server, expiresAt });

/** Fields that the seal of a delegation covers: not its use, which another item says. */
export const sealedDelegationOf = (
  path: TaskPath,
  { hash, agent, details, expiresAt }: Omit<Delegation, "seal">,
): object => ({ path, hash, agent, details, expiresAt });

/** Fields that the seal of a connector's lease covers: the secrets that the task's own session reads by it. */
export const sealedLeaseOf = ({ path, name, type, made }: ConnectorLease): object => ({
  path,
  name,
  type,
  arns: made.session_arns,
});
