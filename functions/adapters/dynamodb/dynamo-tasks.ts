import { createHash } from "node:crypto";
import type { ConnectorLease } from "../../core/connectors/connector.ts";
import type { Delegation } from "../../core/delegation/delegation.ts";
import type { JournalEvent } from "../../core/journal/event.ts";
import { Refusal } from "../../core/refusal.ts";
import { endedEntry, type RoleEntry, type RoleEntryOf, roleEntries } from "../../core/revocation/role-entry.ts";
import { parentOf, type TaskPath } from "../../core/tasks/path.ts";
import {
  type Ending,
  firstLookMinute,
  type Lease,
  type OpenEnding,
  type Presentation,
  TASK_SECONDS,
  type Task,
  type TaskToken,
} from "../../core/tasks/task.ts";
import type { DelegationUse, Idempotency, Opened, TaskRecord, Tasks, TokenUse } from "../../core/tasks/tasks.ts";
import {
  endingPartitions,
  endingsOf,
  inOrder,
  journalPartition,
  keys,
  taskPartition,
  treePartition,
} from "./dynamo-keys.ts";
import { confirmedWrite, goneWrite, plannedWrite, reissuedWrite } from "./dynamo-releases.ts";
import type { Change, DynamoTable, Write } from "./dynamo-table.ts";

/** How long a closed task stays readable; seconds. Its journal stays. */
const CLOSED_SECONDS = 90 * 86_400;
/** How long an entry outlives what it is about, so that nothing is removed that a late reader still needs; seconds. */
const MARGIN_SECONDS = 3_600;

/** Tasks in the one table. Each method is one transaction, so that the journal says what is so. */
export class DynamoTasks implements Tasks {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  async read(path: TaskPath): Promise<Task | undefined> {
    const item = await this.#table.get(keys.task(path));
    return item && taskOf(item);
  }

  async isAlive({ path, agent }: Pick<Task, "path" | "agent">): Promise<boolean> {
    return (await this.#table.get(keys.live(agent, path))) !== undefined;
  }

  async open(
    task: Task,
    event: JournalEvent,
    use: TokenUse,
    idempotency: Idempotency | undefined,
    delegation?: DelegationUse,
  ): Promise<Opened> {
    const failed = await this.#table.transact([
      this.#table.put("task", keys.task(task.path), itemOfTask(task), "absent"),
      eventWrite(this.#table, task.path, event),
      this.#table.put(
        "live",
        keys.live(task.agent, task.path),
        { openedAt: task.openedAt, expiresAt: task.expiresAt },
        "absent",
      ),
      ...(parentOf(task.path)
        ? [
            this.#table.put(
              "below",
              keys.liveBelow(task.path),
              { agent: task.agent, openedAt: task.openedAt },
              "absent",
            ),
          ]
        : []),
      this.#table.put(
        "timer",
        keys.timer(firstLookMinute(task), task.path),
        { expiresAt: task.expiresAt, ttl: task.expiresAt + MARGIN_SECONDS },
        "absent",
      ),
      ...roleEntries(task, task.leases).map((each) => roleWrite(this.#table, each)),
      ...(task.connectorLeases ?? []).map((lease) => plannedWrite(this.#table, lease)),
      this.#useWrite(use, task.path, idempotency?.replaces),
      ...(idempotency ? [this.#requestWrite(idempotency, task)] : []),
      ...(delegation
        ? [
            this.#delegationWrite(delegation, task, idempotency?.replaces),
            this.#delegationUsed(delegation, task, idempotency?.replaces),
          ]
        : []),
    ]);
    if (failed.includes("request") && idempotency) return { repeats: await this.#repeated(idempotency) };
    if (failed.includes("use")) throw new Refusal("token_replayed");
    if (failed.includes("delegation"))
      throw new Refusal("delegation_token_invalid", { why: "used, or its task ended" });
    if (failed.length > 0) throw new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
    return { opened: true };
  }

  async confirm(path: TaskPath, leases: readonly Lease[], issued: readonly ConnectorLease[] = []): Promise<void> {
    const names: Record<string, string> = {
      status: "status",
      confirmed: "confirmed",
      leases: "leases",
      event: "event",
    };
    const values: Record<string, unknown> = { active: "active", yes: true };
    for (const [index, lease] of leases.entries()) {
      names[`n${index}`] = lease.name;
      values[`l${index}`] = lease;
      values[`e${index}`] = lease.event;
    }
    for (const [index, lease] of issued.entries()) {
      names[`c${index}`] = lease.name;
      values[`c${index}`] = lease;
      values[`s${index}`] = lease.startedAt;
    }
    const set = [
      "#confirmed = :yes",
      ...leases.map((_, index) => `#leases.#n${index} = :l${index}`),
      ...issued.map((_, index) => `#connected.#c${index} = :c${index}`),
    ];
    // A later renewal of the same lease must not be written over by an earlier one's answer.
    const where = [
      "#status = :active",
      ...leases.map((_, index) => `#leases.#n${index}.#event = :e${index}`),
      ...issued.map((_, index) => `#connected.#c${index}.#startedAt = :s${index}`),
    ];
    if (leases.length === 0) for (const unused of ["leases", "event"]) delete names[unused];
    if (issued.length > 0) Object.assign(names, { connected: CONNECTED, startedAt: "startedAt" });
    const change = { set: `SET ${set.join(", ")}`, where: where.join(" AND "), names, values };
    const isConfirmed =
      issued.length === 0
        ? await this.#table.update(keys.task(path), change)
        : await this.#confirmTogether(path, change, issued);
    if (isConfirmed) return;
    const task = await this.read(path);
    const mayTryAgain = task?.status === "active" || task?.status === "withdrawn";
    throw mayTryAgain ? new Refusal("contended", { retryAfterSeconds: 1 }) : new Refusal("task_ended");
  }

  async renew(task: Task, lease: Lease, event: JournalEvent): Promise<void> {
    const inRole = task.leases.filter(({ account, role }) => account === lease.account && role === lease.role);
    await this.#change(
      task,
      event,
      "SET #leases.#lease = :lease, #seal = :seal",
      { leases: "leases", lease: lease.name, seal: "seal" },
      { lease, seal: task.seal },
      roleEntries(task, [...inRole, lease]).map((each) => roleWrite(this.#table, each)),
    );
  }

  async #confirmTogether(path: TaskPath, change: Change, issued: readonly ConnectorLease[]): Promise<boolean> {
    const failed = await this.#table.transact([
      this.#table.change("task", keys.task(path), change),
      ...issued.map((lease) => confirmedWrite(this.#table, lease)),
    ]);
    return failed.length === 0;
  }

  async reissue(task: Task, leases: readonly ConnectorLease[], event: JournalEvent): Promise<void> {
    const names = Object.fromEntries(leases.map(({ name }, index) => [`c${index}`, name]));
    await this.#change(
      task,
      event,
      `SET ${leases.map((_, index) => `#connected.#c${index} = :c${index}`).join(", ")}`,
      { ...names, connected: CONNECTED },
      Object.fromEntries(leases.map((lease, index) => [`c${index}`, lease])),
      leases.map((lease) => reissuedWrite(this.#table, lease)),
    );
  }

  async revoked(task: Task, lease: ConnectorLease, event: JournalEvent): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.change("task", keys.task(task.path), {
        set: "SET #connected.#lease = :lease, #chain = :chain",
        where: "#chain.#n = :n",
        names: { connected: CONNECTED, lease: lease.name, chain: "chain", n: "n" },
        values: { lease: withoutSealed(lease), chain: { n: event.n, hash: event.hash }, n: task.chain.n },
      }),
      eventWrite(this.#table, task.path, event),
      goneWrite(this.#table, lease),
    ]);
    if (failed.length > 0) throw new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
  }

  async addToken(task: Task, token: TaskToken, event: JournalEvent, use: TokenUse): Promise<void> {
    await this.#change(
      task,
      event,
      "SET #tokens = list_append(#tokens, :tokens)",
      { tokens: "tokens" },
      { tokens: [token] },
      [this.#useWrite(use, task.path)],
    );
  }

  async addPresentation(task: Task, { hash, ...presentation }: Presentation, event: JournalEvent): Promise<void> {
    await this.#change(
      task,
      event,
      "SET #presentations.#hash = :presentation",
      { presentations: "presentations", hash },
      { presentation },
    );
  }

  async removePresentation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    await this.#change(task, event, "REMOVE #presentations.#hash", { presentations: "presentations", hash }, {});
  }

  async addDelegation(
    task: Task,
    { hash, ...delegation }: Delegation,
    spent: readonly string[],
    event: JournalEvent,
  ): Promise<void> {
    const removed = spent.map((_, index) => `#delegations.#spent${index}`).join(", ");
    await this.#change(
      task,
      event,
      `${removed === "" ? "" : `REMOVE ${removed} `}SET #delegations.#hash = :delegation, #hasDelegated = :yes`,
      {
        delegations: "delegations",
        hasDelegated: "hasDelegated",
        hash,
        ...Object.fromEntries(spent.map((each, index) => [`spent${index}`, each])),
      },
      { delegation, yes: true },
    );
  }

  async removeDelegation(task: Task, hash: string, event: JournalEvent): Promise<void> {
    await this.#change(task, event, "REMOVE #delegations.#hash", { delegations: "delegations", hash }, {});
  }

  async end(task: Task, ending: Ending, event: JournalEvent): Promise<void> {
    const { status, endedAt, outcome } = ending;
    await this.#change(
      task,
      event,
      "SET #status = :status, #endedAt = :endedAt, #outcome = :outcome, #ttl = :ttl",
      { endedAt: "endedAt", outcome: "outcome", ttl: "ttl" },
      { status, endedAt, outcome: outcome ?? null, ttl: endedAt + CLOSED_SECONDS },
      [
        this.#table.remove("live", keys.live(task.agent, task.path)),
        ...(parentOf(task.path) ? [this.#table.remove("below", keys.liveBelow(task.path))] : []),
        ...(task.hasDelegated
          ? [this.#table.put("ending", keys.ending(task.agent, task.path), { status }, "whatever")]
          : []),
        ...roleEntries(task, task.leases).flatMap((each) =>
          endedWrites(this.#table, each, endedAt, task.hasDelegated ?? false),
        ),
      ],
      status === "withdrawn" && !task.confirmed ? NOT_CONFIRMED : undefined,
    );
  }

  async openEndings(agent?: string): Promise<readonly OpenEnding[]> {
    const prefix = agent === undefined ? "" : endingsOf(agent);
    const shards = await Promise.all(endingPartitions().map((partition) => this.#table.query(partition, prefix)));
    return shards.flat().map(({ sk, status }) => {
      const [whose = "", path = ""] = String(sk).split("#");
      return { agent: whose, path: path as TaskPath, status: status as OpenEnding["status"] };
    });
  }

  closeEnding({ path, agent }: Pick<OpenEnding, "path" | "agent">): Promise<void> {
    return this.#table.delete(keys.ending(agent, path));
  }

  async below(path: TaskPath): Promise<readonly TaskPath[]> {
    const items = await this.#table.query(treePartition(path), path);
    return inOrder(items)
      .map(({ sk }) => sk as TaskPath)
      .filter((each) => each !== path);
  }

  async record(path: TaskPath): Promise<TaskRecord> {
    const [tasks, events] = await Promise.all([
      this.#table.query(taskPartition(path), path),
      this.#table.query(journalPartition(path), path),
    ]);
    return {
      tasks: tasks.map(taskOf),
      events: events.map(({ pk: _pk, sk: _sk, kind: _kind, ...event }) => event as unknown as JournalEvent),
    };
  }

  /** A change of an active task that nobody else has changed since it was read, with the event that says so. */
  async #change(
    task: Task,
    event: JournalEvent,
    change: string,
    names: Readonly<Record<string, string>>,
    values: Readonly<Record<string, unknown>>,
    others: readonly Write[] = [],
    also?: typeof NOT_CONFIRMED,
  ): Promise<void> {
    const failed = await this.#table.transact([
      this.#table.change("task", keys.task(task.path), {
        set: change.includes("SET ") ? `${change}, #chain = :chain` : `${change} SET #chain = :chain`,
        where: `#status = :active AND #chain.#n = :n${also?.where ?? ""}`,
        names: { ...names, ...also?.names, status: "status", chain: "chain", n: "n" },
        values: { ...values, active: "active", chain: { n: event.n, hash: event.hash }, n: task.chain.n },
      }),
      eventWrite(this.#table, task.path, event),
      ...others,
    ]);
    if (failed.includes("use")) throw new Refusal("token_replayed");
    if (failed.length > 0) throw new Refusal("contended", { why: failed.join(" "), retryAfterSeconds: 1 });
  }

  /** Counted in the same transaction as what it was used for. The task is kept with it, so that a retry with the same token is no replay. */
  #useWrite(use: TokenUse, path: TaskPath, replaced: TaskPath = path): Write {
    return this.#table.change("use", keys.tokenUse(use.issuer, use.id), {
      set: "SET #task = :task, #ttl = :ttl ADD #uses :one",
      where: "attribute_not_exists(#uses) OR #uses < :cap OR #task = :task OR #task = :replaced",
      names: { task: "task", ttl: "ttl", uses: "uses" },
      values: { task: path, replaced, ttl: use.expiresAt + MARGIN_SECONDS, one: 1, cap: use.cap },
    });
  }

  /** In the parent's record: what was allowed goes, since the child keeps it; that it was used stays. */
  #delegationWrite({ parent, hash, agent }: DelegationUse, child: Task, replaced: TaskPath | undefined): Write {
    return this.#table.change("delegation", keys.task(parent), {
      set: "SET #delegations.#hash.#child = :child, #delegations.#hash.#usedAt = :usedAt REMOVE #delegations.#hash.#details",
      where:
        "#status = :active AND #delegations.#hash.#agent = :agent AND #delegations.#hash.#expiresAt > :usedAt AND " +
        "(attribute_not_exists(#delegations.#hash.#child) OR #delegations.#hash.#child = :replaced)",
      names: {
        ...{ delegations: "delegations", hash, child: "child", usedAt: "usedAt", details: "details" },
        ...{ status: "status", agent: "agent", expiresAt: "expiresAt" },
      },
      values: { child: child.path, usedAt: child.openedAt, active: "active", agent, replaced: replaced ?? child.path },
    });
  }

  /** Apart from the parent's record, which others may write: that it was used up cannot be undone. */
  #delegationUsed({ parent, hash }: DelegationUse, child: Task, replaced: TaskPath | undefined): Write {
    return this.#table.change("delegation", keys.delegationUse(parent, hash), {
      set: "SET #task = :task, #ttl = :ttl",
      where: "attribute_not_exists(#task) OR #task = :replaced",
      names: { task: "task", ttl: "ttl" },
      values: {
        task: child.path,
        replaced: replaced ?? child.path,
        ttl: child.openedAt + TASK_SECONDS.most + MARGIN_SECONDS,
      },
    });
  }

  #requestWrite(idempotency: Idempotency, task: Task): Write {
    const { agent, requestHash, replaces } = idempotency;
    return this.#table.change("request", keys.request(agent, digestOf(idempotency)), {
      set: "SET #hash = :hash, #task = :task, #ttl = :ttl",
      where: replaces === undefined ? "attribute_not_exists(#task)" : "#task = :replaces AND #hash = :hash",
      names: { hash: "hash", task: "task", ttl: "ttl" },
      values: { hash: requestHash, task: task.path, ttl: task.expiresAt + MARGIN_SECONDS, replaces },
    });
  }

  async #repeated(idempotency: Idempotency): Promise<TaskPath> {
    const first = await this.#table.get(keys.request(idempotency.agent, digestOf(idempotency)));
    if (first?.hash !== idempotency.requestHash) throw new Refusal("idempotency_conflict");
    return first.task as TaskPath;
  }
}

/** A confirmation is no event of the chain, so that the end of the chain does not show it. */
const NOT_CONFIRMED = {
  where: " AND attribute_not_exists(#confirmed)",
  names: { confirmed: "confirmed" },
} as const;

export const eventWrite = (table: DynamoTable, path: TaskPath, event: JournalEvent): Write =>
  table.put("event", keys.taskEvent(path, event.n), { ...event, kind: "EVENT" }, "absent");

const digestOf = ({ subject, key }: Idempotency): string =>
  createHash("sha256")
    .update(JSON.stringify([subject, key]))
    .digest("base64url");

/**
 * What was issued in the role, over what stood there before, if anything: a renewal, or an entry whose fence fell so long ago that it was removed.
 * Nothing that ended is ever made alive again: the task's own item sees to it, in the same transaction.
 */
const roleWrite = (table: DynamoTable, { account, role, entry }: RoleEntryOf): Write =>
  table.put("role", keys.role({ account, role }, entry.path), itemOfEntry(entry), "whatever");

/** From what may be alive in the role to what has ended there. */
function endedWrites(
  table: DynamoTable,
  { account, role, entry }: RoleEntryOf,
  endedAt: number,
  hasDelegated: boolean,
): readonly Write[] {
  const ended = endedEntry(entry, endedAt, hasDelegated);
  return [
    table.remove("role", keys.role({ account, role }, entry.path)),
    table.put("ended", keys.ended({ account, role }, ended, hasDelegated), itemOfEntry(ended), "whatever"),
  ];
}

/** Its path, and when it ended, are in its key. */
const itemOfEntry = ({ path: _, endedAt: __, ...entry }: RoleEntry): Record<string, unknown> => ({
  ...entry,
  ttl: entry.fenceAt + MARGIN_SECONDS,
});

/** Leases, presentations and delegations are maps in the table, so that one of them can be changed by itself. */
const itemOfTask = (task: Task): Record<string, unknown> => ({
  ...task,
  leases: byName(task.leases),
  ...(task.connectorLeases ? { [CONNECTED]: byName(task.connectorLeases) } : {}),
  presentations: byHash(task.presentations),
  delegations: byHash(task.delegations),
});

const byName = (leases: readonly { readonly name: string }[]): Record<string, unknown> =>
  Object.fromEntries(leases.map((lease) => [lease.name, lease]));

/** What it takes to revoke it is of no use any more. */
const withoutSealed = ({ sealed: _, ...lease }: ConnectorLease): ConnectorLease => ({ ...lease, state: "revoked" });

const CONNECTED = "connectorLeases";

const byHash = (all: readonly { readonly hash: string }[]): Record<string, unknown> =>
  Object.fromEntries(all.map(({ hash, ...rest }) => [hash, rest]));

const withHashes = (map: unknown): readonly unknown[] =>
  Object.entries(map as Record<string, object>).map(([hash, rest]) => ({ hash, ...rest }));

function taskOf(item: Readonly<Record<string, unknown>>): Task {
  const { pk: _pk, sk: _sk, ttl: _ttl, leases, connectorLeases, presentations, delegations, outcome, ...task } = item;
  return {
    ...task,
    ...(outcome ? { outcome } : {}),
    leases: Object.values(leases as Record<string, Lease>).sort((a, b) => a.detail - b.detail),
    ...(connectorLeases
      ? {
          connectorLeases: Object.values(connectorLeases as Record<string, ConnectorLease>).sort(
            (a, b) => a.detail - b.detail,
          ),
        }
      : {}),
    presentations: withHashes(presentations),
    delegations: withHashes(delegations),
  } as unknown as Task;
}
