import type { RefusalCode } from "../../contract/refusals.ts";
import { recordHash } from "../core/approvals/approval-record.ts";
import { useFor } from "../core/approvals/standing-uses.ts";
import { asRead } from "../core/conditions/conditions.ts";
import { scopedTo, scopeKindOf } from "../core/conditions/held-condition.ts";
import type { Recheck } from "../core/conditions/recheck.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import { isLive, type Task, type TaskApproval } from "../core/tasks/task.ts";
import { authoriseTask, decideTask } from "../steps/tasks/authorise-task.ts";
import { believeTask } from "../steps/tasks/believe-task.ts";
import { endTask } from "../steps/tasks/end-task.ts";
import { noParentAbove } from "../steps/tasks/no-parent.ts";
import { type Lineage, readLineage } from "../steps/tasks/read-lineage.ts";
import type { Worlds } from "./worlds.ts";

/** Ports of a decision about a live task. */
export type RecheckNeeds = Pick<
  Ports,
  | "acceptances"
  | "agents"
  | "approvals"
  | "catalogue"
  | "clock"
  | "connectors"
  | "consents"
  | "log"
  | "panics"
  | "policies"
  | "seals"
  | "tasks"
> & { readonly deployment: Deployment };

/** Live task that policy no longer permits, with the reason of its ending: `condition:<name>`, or `policy` where policy denies it in a quiet world too. */
export interface Denied {
  readonly task: Task;
  readonly by: `condition:${string}` | "policy";
  /** Set where policy permits the task without what events on the bus have set. */
  readonly isByEvents?: true;
}

/** Refusals that leave the question open for now: the queue repeats it. */
const REPEATED: ReadonlySet<RefusalCode> = new Set(["store_unavailable", "contended", "agent_changed"]);

/** No pause. A paused agent's keys live on, so its tasks are decided as any others: no agent saves its tasks by being paused. */
const NO_PAUSES = { find: async () => undefined };

/**
 * Decides a live task anew, as its next renewal would be decided: by its sealed facts, at its sealed address, with the approval that it has used. A task that
 * waits for people is decided for the time that it would get, and goes on waiting where policy needs their votes.
 * A task that cannot be decided is denied, as with a broken seal: nobody saves a task by making its record unreadable.
 * @returns undefined where policy permits the task, or it has ended.
 * @throws {Refusal} store_unavailable, contended, agent_changed.
 */
export async function recheckTask(
  path: TaskPath,
  { condition, scope }: Pick<Recheck, "condition" | "scope">,
  worlds: Worlds,
  ports: RecheckNeeds,
): Promise<Denied | undefined> {
  const task = await ports.tasks.read(path);
  if (!task || !isLive(task, ports.clock.nowMs() / 1_000) || !isIn(scope, task)) return undefined;
  const lineage = await unlessRefused(() => readPausedToo(task, ports));
  if (lineage === undefined) return { task, by: "policy" };
  if (await isPermitted(lineage, worlds.now, ports)) return undefined;
  if (!(await isPermitted(lineage, worlds.quiet, ports))) return { task, by: "policy" };
  const by = `condition:${condition}` as const;
  const isByEvents = worlds.byEvents.length > 0 && (await isPermitted(lineage, worlds.byPeople, ports));
  return isByEvents ? { task, by, isByEvents } : { task, by };
}

/**
 * Ends a denied task with everything below it.
 * @returns the tasks that this call has ended.
 * @throws {Refusal} contended, store_unavailable.
 */
export const endDenied = async ({ task, by }: Denied, ports: Pick<Ports, "tasks" | "clock">) =>
  (await endTask(task.path, { status: "revoked" }, by, ports, task)).ended;

/** True unless the condition holds in an account in which the task has nothing. The agents of other places are listed by place. */
function isIn(scope: Recheck["scope"], { details }: Task): boolean {
  if (scopeKindOf(scope) !== "account") return true;
  return details.some((detail) => detail.type === "aws" && detail.account === scopedTo(scope));
}

/** Reads everything on which the task depends, but the pauses of its agents. @throws {Refusal} as `readLineage`, and task_ended for a broken seal. */
const readPausedToo = async (task: Task, ports: RecheckNeeds): Promise<Lineage> =>
  readLineage(await believeTask(task, ports, new Refusal("task_ended", { why: "seal" })), {
    ...ports,
    pauses: NO_PAUSES,
  });

async function isPermitted(lineage: Lineage, held: Worlds["now"], ports: RecheckNeeds): Promise<boolean> {
  const { deployment, clock } = ports;
  const conditions = asRead(held, deployment.conditions ?? [], clock.nowMs() / 1_000);
  const decided = await unlessRefused(async () => {
    await decideAgain(lineage, { ...ports, conditions });
    return true;
  });
  return decided ?? false;
}

/** Returns undefined for a refusal. @throws {Refusal} those after which the same work may succeed. */
async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || REPEATED.has(error.code)) throw error;
    return undefined;
  }
}

/** Decides by the present policies. @throws {Refusal} where they do not permit the task. */
async function decideAgain(lineage: Lineage, ports: RecheckNeeds & Pick<Ports, "conditions">): Promise<void> {
  const { task } = lineage;
  const { sourceIp } = task.facts;
  const waits = task.approval && (await secondsAskedFor({ ...task, approval: task.approval }, ports));
  if (waits === undefined) await authoriseTask(lineage, sourceIp, ports);
  else await decideTask(lineage, waits, sourceIp, noParentAbove(task), ports);
}

/**
 * Returns the time that a waiting task would get, in seconds; undefined for a task that has used its approval.
 * @throws {Refusal} task_ended where the record is not the one that the task is sealed with.
 */
async function secondsAskedFor(
  { path, approval }: Task & { readonly approval: TaskApproval },
  ports: Pick<Ports, "approvals">,
): Promise<number | undefined> {
  const stored = await (await ports.approvals()).read(approval.id);
  if (useFor(stored, path)) return undefined;
  if (!stored.record || recordHash(stored.record) !== approval.hash) throw new Refusal("task_ended", { why: "record" });
  return stored.record.ttl;
}
