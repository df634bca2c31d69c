import type { ConnectorLease } from "../../../core/tasks/connector-lease.ts";
import type { SessionLease, Task } from "../../../core/tasks/task.ts";
import { recordOf } from "../table/dynamo-item.ts";
import type { Item } from "../table/raw-item.ts";

/** Attribute of a task's item that holds its connector leases, by name. */
export const CONNECTED = "connectorLeases";

/**
 * Makes a task's item. Leases, presentations and delegations are maps in the table, so that one of them can be changed
 * alone.
 */
export const itemOfTask = (task: Task): Item => ({
  ...task,
  leases: byName(task.leases),
  ...(task.connectorLeases ? { [CONNECTED]: byName(task.connectorLeases) } : {}),
  presentations: byHash(task.presentations),
  delegations: byHash(task.delegations),
});

export function taskOf(item: Item): Task {
  const { leases, connectorLeases, presentations, delegations, outcome, ...task } = recordOf<StoredTask>(item);
  return {
    ...task,
    ...(outcome ? { outcome } : {}),
    leases: inDetailOrder(leases),
    ...(connectorLeases ? { connectorLeases: inDetailOrder(connectorLeases) } : {}),
    presentations: withHashes(presentations),
    delegations: withHashes(delegations),
  };
}

/** Task in the form of its item: lists are maps by name or hash, and an absent outcome is null. */
interface StoredTask extends Omit<Task, MapName | "outcome"> {
  readonly leases: Readonly<Record<string, SessionLease>>;
  readonly connectorLeases?: Readonly<Record<string, ConnectorLease>>;
  readonly presentations: ByHash<Task["presentations"][number]>;
  readonly delegations: ByHash<Task["delegations"][number]>;
  readonly outcome?: Task["outcome"] | null;
}

type MapName = "leases" | "connectorLeases" | "presentations" | "delegations";
type ByHash<T> = Readonly<Record<string, Omit<T, "hash">>>;

const inDetailOrder = <T extends { readonly detail: number }>(leases: Readonly<Record<string, T>>): readonly T[] =>
  Object.values(leases).sort((a, b) => a.detail - b.detail);

const byName = (leases: readonly { readonly name: string }[]): Item =>
  Object.fromEntries(leases.map((lease) => [lease.name, lease]));

const byHash = (all: readonly { readonly hash: string }[]): Item =>
  Object.fromEntries(all.map(({ hash, ...rest }) => [hash, rest]));

const withHashes = <T>(map: Readonly<Record<string, T>>): readonly (T & { readonly hash: string })[] =>
  Object.entries(map).map(([hash, rest]) => ({ hash, ...rest }));
