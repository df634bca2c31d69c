import { usesOfGrants } from "../../contract/decision/uses-of-grants.ts";
import { atOnce } from "../core/at-once.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { pairsOf } from "../core/ledger/coverage.ts";
import { type Heard, isSilent } from "../core/ledger/heard.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import { ledgerOf } from "../core/ledger/ledger-view.ts";
import {
  DELIVERED_SECONDS,
  HOUR_SECONDS,
  type RightsCount,
  type RightsCounts,
  rightsCounted,
} from "../core/ledger/rights-count.ts";
import { seenIn } from "../core/ledger/seen-in.ts";
import type { Clock } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { PolicyWrites } from "../core/revocation/policy-writes.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { everyRole } from "../steps/tasks/every-role.ts";

export interface CountRightsPorts {
  readonly tasks: Pick<Tasks, "read">;
  readonly ledger: Pick<Ledger, "list">;
  readonly heard: Pick<Heard, "all">;
  readonly policyWrites: Pick<PolicyWrites, "after">;
  readonly rightsCounts: RightsCounts;
  readonly deployment: Pick<Deployment, "accounts" | "prefix">;
  readonly clock: Clock;
}

/** Hours that are looked at: a run that failed is made up for by the next ones. */
const HOURS = 6;
/** Time for which a run counts; milliseconds. The function's time-out is 20 s. What is left of the hour is not counted. */
const WORKING_MS = 12_000;
/** Upper bound on the tasks of one hour that are counted. */
const MOST_TASKS = 2_000;
/** Policy writes of one read. */
const WRITES = 200;
/** Time after which an ended task is in a policy write, unless IAM fails; seconds. */
const WRITTEN_SECONDS = 600;
const AT_ONCE = 10;

/**
 * Counts the rights in AWS that the ended tasks of an hour left unused, once for each hour, an hour after it is over.
 * Reads the ended tasks of the hour from the roles' journals: each ended task has a policy against its keys there.
 * @throws {Refusal} unavailable where the table cannot be read. Lambda tries again, and so does the next hour.
 */
export async function countRights(ports: CountRightsPorts): Promise<void> {
  const nowMs = ports.clock.nowMs();
  const newest = (Math.floor((nowMs / 1_000 - DELIVERED_SECONDS) / HOUR_SECONDS) - 1) * HOUR_SECONDS;
  const isOver = (): boolean => ports.clock.nowMs() >= nowMs + WORKING_MS;
  for (let back = 0; back < HOURS && !isOver(); back += 1) {
    const hour = newest - back * HOUR_SECONDS;
    if (await ports.rightsCounts.isCounted(hour)) continue;
    const event = rightsCounted(hour, await countHour(hour, isOver, ports), ports.clock.nowMs());
    await ports.rightsCounts.append(event).catch(unlessCounted);
  }
}

/** Passes over a count that another run has taken meanwhile. */
function unlessCounted(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== "contended") throw error;
}

async function countHour(hour: number, isOver: () => boolean, ports: CountRightsPorts): Promise<RightsCount> {
  const [paths, heard] = await Promise.all([endedFrom(hour, ports), ports.heard.all()]);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const counts = await atOnce(
    AT_ONCE,
    paths,
    async (path) => {
      const task = await ports.tasks.read(path);
      if (task?.endedAt === undefined || task.endedAt < hour || task.endedAt >= hour + HOUR_SECONDS) return undefined;
      return countTask(
        task,
        await ports.ledger.list(path),
        (account) => isSilent(heard.get(account), nowSeconds),
        ports,
      );
    },
    isOver,
  );
  const sum = { tasks: 0, granted: 0, unused: 0, notSeen: 0 };
  for (const count of counts)
    if (count) for (const name of ["tasks", "granted", "unused", "notSeen"] as const) sum[name] += count[name];
  return sum;
}

/** Counts the rights of one task. An account of which nothing is heard may have lost its trail: nothing is known of its grants. */
function countTask(
  task: Task,
  uses: Awaited<ReturnType<Ledger["list"]>>,
  isSilentIn: (account: string) => boolean,
  { deployment }: Pick<CountRightsPorts, "deployment">,
): RightsCount {
  const pairs = task.details.flatMap(pairsOf);
  const useOf = usesOfGrants(
    ledgerOf(task.details, [], uses, (account) => seenIn(deployment, account)),
    pairs,
  );
  const judged = pairs.map((pair) => {
    const use = useOf(pair);
    return use === "unused" && isSilentIn(pair.account) ? "not_seen" : use;
  });
  const many = (use: (typeof judged)[number]): number => judged.filter((each) => each === use).length;
  return { tasks: 1, granted: pairs.length, unused: many("unused"), notSeen: many("not_seen") };
}

/** Lists the tasks that ended in the hour or shortly before or after it, each once. */
async function endedFrom(hour: number, { policyWrites, deployment }: CountRightsPorts): Promise<readonly TaskPath[]> {
  const paths = new Set<TaskPath>();
  const untilMs = (hour + HOUR_SECONDS + WRITTEN_SECONDS) * 1_000;
  for (const role of everyRole(deployment)) {
    for (let fromMs = hour * 1_000 - 1; paths.size < MOST_TASKS; ) {
      const writes = await policyWrites.after(role, fromMs, WRITES);
      const early = writes.filter(({ snapshotAtMs }) => snapshotAtMs < untilMs);
      for (const path of early.flatMap(({ endings }) => endings)) paths.add(path);
      const last = early.at(-1);
      if (!last || early.length < WRITES) break;
      fromMs = last.snapshotAtMs;
    }
  }
  return [...paths].slice(0, MOST_TASKS);
}
