import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { groupedBy } from "../../grouped-by.ts";
import { atOnce } from "../at-once.ts";
import type { OperatorApi } from "../operator-api.ts";
import { DELIVERED_MS, type ListedTask } from "./ended-tasks.ts";
import { UNSEEN } from "./unseen.ts";

type Ledger = ReadAnswer<"GET /v1/tasks/{task}/ledger">;

/** Largest number of ledgers that one command reads. More requests could raise an alarm of the service. */
const MOST_LEDGERS = 200;
const AT_ONCE = 8;

/** Calls of one action on one resource that changed something, or may have; by a task and its sub-agents. */
export interface Change {
  readonly action: string;
  readonly resource: string;
  /** `unknown` for a call that IAM has no action for: it may only have read. */
  readonly effect: "change" | "unknown";
  /** Calls that IAM allowed, whatever their outcome. */
  readonly calls: number;
  /** Epoch seconds. */
  readonly first: number;
  /** Epoch seconds. */
  readonly last: number;
  /** Tasks that made the calls, the one above first. */
  readonly tasks: readonly string[];
  /** Versions of an S3 object that the calls have made, as far as the ledgers name them. */
  readonly versions: readonly string[];
}

/** Part of a task's work that its ledger cannot show. */
export interface Unseen {
  readonly what: string;
  readonly why: string;
}

/** Everything that a task and its sub-agents are known to have changed. */
export interface TaskChanges {
  readonly task: string;
  readonly agent: string;
  readonly opened_at: string;
  readonly ended_at?: string;
  /** Moment from which no more calls are reported; absent while the task is alive. */
  readonly settled_at?: string;
  /** True where every call has been reported, and every ledger was read. */
  readonly settled: boolean;
  /** True where the task was granted the removal of versions of S3 objects for good. */
  readonly may_remove_versions: boolean;
  readonly tasks_read: readonly string[];
  /** Tasks below it whose ledger was not read: policy does not permit it, or there are too many. */
  readonly tasks_not_read: readonly string[];
  /** In the order of their first calls. */
  readonly changes: readonly Change[];
  readonly not_visible: readonly Unseen[];
}

/**
 * Reads what a task and all tasks below it changed, from their ledgers.
 * @throws {ClientError} where the task, its receipt or its own ledger cannot be read.
 */
export async function readChanges(api: OperatorApi, id: string, nowMs: number): Promise<TaskChanges> {
  const { tasks } = await api.call("GET /v1/tasks", { query: { task: id } });
  const [task] = tasks;
  if (!task) throw new ClientError("intent", "task_unknown", "there is no such task");
  const own = await ledgerOf(api, task.id);
  const { below = [] } = await api.call("GET /v1/tasks/{task}/receipt", { parameters: { task: task.id } });
  const [read, unread] = [new Map([[task.id, own]]), new Set(below.slice(MOST_LEDGERS))];
  await atOnce(AT_ONCE, below.slice(0, MOST_LEDGERS), async (each) => {
    try {
      read.set(each, await ledgerOf(api, each));
    } catch (error) {
      // A task that policy hides, or that is gone, counts as one whose ledger was not requested.
      if (!(error instanceof ClientError)) throw error;
      unread.add(each);
    }
  });
  const ledgers = [task.id, ...below].flatMap((each) => {
    const ledger = read.get(each);
    return ledger ? [ledger] : [];
  });
  const endedMs = endOf(task, nowMs);
  const settledMs = endedMs === undefined ? undefined : endedMs + DELIVERED_MS;
  const changes = changesIn(ledgers);
  return {
    task: task.id,
    agent: task.agent,
    opened_at: task.opened_at,
    ...defined({ ended_at: task.ended_at }),
    ...(settledMs === undefined ? {} : { settled_at: new Date(settledMs).toISOString() }),
    settled: settledMs !== undefined && nowMs >= settledMs && unread.size === 0 && !changes.some(isBeyond),
    may_remove_versions: task.authorization_details.some(mayRemoveVersions),
    tasks_read: [...read.keys()],
    tasks_not_read: [...unread],
    changes,
    not_visible: unseenOf(task, ledgers),
  };
}

/** True for a detail with the removal of versions among its actions. A pattern of actions of S3 counts, whatever it names. */
const mayRemoveVersions = (detail: ListedTask["authorization_details"][number]): boolean =>
  "actions" in detail &&
  Array.isArray(detail.actions) &&
  detail.actions.some((action: unknown) => /^s3:(?:deleteobjectversion$|.*[*?])/i.test(String(action)));

const ledgerOf = (api: OperatorApi, id: string): Promise<Ledger> =>
  api.call("GET /v1/tasks/{task}/ledger", { parameters: { task: id } });

/** Returns the moment of a task's end; undefined while it is alive. A task past its time counts as ended. Epoch milliseconds. */
function endOf({ ended_at: at, expires_at: until }: ListedTask, nowMs: number): number | undefined {
  const endMs = Date.parse(at ?? until);
  return endMs <= nowMs ? endMs : undefined;
}

/** True for the sum of the calls that a ledger has no room for. */
const isBeyond = ({ action }: Pick<Change, "action">): boolean => action === "other";

/** Sums the changing calls of some tasks by action and resource. */
function changesIn(ledgers: readonly Ledger[]): readonly Change[] {
  const rows = ledgers.flatMap(({ task, rows }) =>
    rows.filter((row) => row.used > 0 && row.effect !== "read").map((row) => ({ ...row, task })),
  );
  const groups = groupedBy(rows, ({ action, resource }) => JSON.stringify([action, resource]));
  return [...groups.values()]
    .flatMap((group): readonly Change[] => {
      const [row] = group;
      if (!row) return [];
      const change = {
        action: row.action,
        resource: row.resource,
        effect: row.effect === "change" ? "change" : "unknown",
        calls: group.reduce((sum, { used }) => sum + used, 0),
        first: Math.min(...group.map(({ first = 0 }) => first)),
        last: Math.max(...group.map(({ last = 0 }) => last)),
        tasks: group.map(({ task }) => task),
        versions: [...new Set(group.flatMap(({ versions = [] }) => versions))],
      } as const;
      return [change];
    })
    .toSorted((a, b) => a.first - b.first || (a.action < b.action ? -1 : 1));
}

/** Lists what the ledgers cannot show, with the reason. */
function unseenOf(task: ListedTask, ledgers: readonly Ledger[]): readonly Unseen[] {
  const rows = ledgers.flatMap((ledger) => ledger.rows);
  const granted = rows
    .filter((row) => row.granted && row.effect !== "read" && row.used + row.denied === 0)
    .flatMap(({ action, resource, visibility }): readonly Unseen[] => {
      const why = UNSEEN[visibility] ?? visibility;
      return why === "" ? [] : [{ what: `${action} on ${resource}`, why }];
    });
  const others = task.authorization_details.flatMap((detail): readonly Unseen[] =>
    detail.type === "aws" ? [] : [{ what: nameOf(detail), why: WHY_NOT_OF_AWS }],
  );
  const beyond = rows.some(isBeyond)
    ? [
        {
          what: "calls beyond the rows of a ledger",
          why: "they are summed in the row other, without action or resource",
        },
      ]
    : [];
  return [...unique([...granted, ...others]), ...beyond, FOLLOWING];
}

const WHY_NOT_OF_AWS = "not a call to AWS: CloudTrail has no event, only the service itself can show what was done";

/** Names what no ledger of any task shows. */
const FOLLOWING: Unseen = {
  what: "what AWS services did for the task, and what its changes set in motion",
  why: "such calls have a key of the service's own",
};

/** Names a detail of another type than AWS by its type and its other texts: a tool server's tools, a database's role. */
function nameOf(detail: Readonly<Record<string, unknown>>): string {
  const { type, ...rest } = detail;
  const words = Object.values(rest).filter((value) => typeof value === "string" || Array.isArray(value));
  return [type, ...words.map((value) => (Array.isArray(value) ? value.join(", ") : value))].join(" ");
}

const unique = (all: readonly Unseen[]): readonly Unseen[] => [
  ...new Map(all.map((each) => [`${each.what}\n${each.why}`, each])).values(),
];
