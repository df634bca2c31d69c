import type { ConnectorLease } from "../../../core/tasks/connector-lease.ts";
import type { LeaseRef, PendingRevocation, PendingRevocations } from "../../../core/tasks/pending-revocation.ts";
import { keys, pendingRevocationPartitions } from "../table/dynamo-keys.ts";
import type { Change, DynamoTable, Write } from "../table/dynamo-table.ts";

/**
 * Credentials that connectors have to revoke. Stored apart from the tasks, whose records they outlive, and without TTL.
 * Listing them needs no index.
 */
export class DynamoPendingRevocations implements PendingRevocations {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(lease: LeaseRef): Promise<PendingRevocation | undefined> {
    const item = await this.#table.get(keys.pendingRevocation(lease));
    return item && pendingRevocationOf(item);
  }

  async list(): Promise<readonly PendingRevocation[]> {
    const lists = await Promise.all(pendingRevocationPartitions().map((partition) => this.#table.query(partition, "")));
    return lists.flat().map(pendingRevocationOf);
  }

  forget(lease: LeaseRef): Promise<void> {
    return this.#table.delete(keys.pendingRevocation(lease));
  }
}

/** Records a lease before its first issue. */
export const plannedWrite = (table: DynamoTable, lease: ConnectorLease): Write =>
  table.putWrite("pendingRevocation", keys.pendingRevocation(lease), itemOf(lease, false), "absent");

/** Records a lease before a further issue, also where its pending revocation was removed. Does not change `confirmed`. */
export const reissuedWrite = (table: DynamoTable, lease: ConnectorLease): Write =>
  table.updateWrite("pendingRevocation", keys.pendingRevocation(lease), {
    set: "SET #lease = :lease, #type = :type, #until = :until, #confirmed = if_not_exists(#confirmed, :false)",
    // Always true: the condition on the task, in the same transaction, detects a concurrent change.
    where: "attribute_not_exists(#lease) OR attribute_exists(#lease)",
    names: { lease: "lease", type: "type", until: "until", confirmed: "confirmed" },
    values: { lease, type: lease.type, until: lease.expiresAt, false: false },
  });

/** Records that a lease was issued and may be handed out; fails where it was revoked or planned anew meanwhile. */
export const confirmedWrite = (table: DynamoTable, lease: ConnectorLease): Write =>
  table.updateWrite("pendingRevocation", keys.pendingRevocation(lease), {
    set: "SET #lease = :lease, #confirmed = :true",
    ...of("issuing", lease, { confirmed: "confirmed" }, { lease, true: true }),
  });

/** Removes the pending revocation of a credential that is gone; fails where the lease was issued anew meanwhile. */
export const goneWrite = (table: DynamoTable, lease: ConnectorLease): Write =>
  table.deleteWriteIf("pendingRevocation", keys.pendingRevocation(lease), of(lease.state, lease, {}, {}));

const of = (
  state: ConnectorLease["state"],
  { startedAt }: ConnectorLease,
  names: Change["names"],
  values: Change["values"],
): Omit<Change, "set"> => ({
  where: "#lease.#startedAt = :startedAt AND #lease.#state = :state",
  names: { ...names, lease: "lease", startedAt: "startedAt", state: "state" },
  values: { ...values, startedAt, state },
});

const itemOf = (lease: ConnectorLease, confirmed: boolean) => ({
  type: lease.type,
  until: lease.expiresAt,
  lease,
  confirmed,
});

const pendingRevocationOf = ({ lease, confirmed }: Readonly<Record<string, unknown>>): PendingRevocation =>
  ({ lease, confirmed: confirmed === true }) as PendingRevocation;
