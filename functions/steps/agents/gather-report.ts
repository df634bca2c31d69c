import type { FactsOf } from "../../../contract/journal-events.ts";
import { atOnce } from "../../core/at-once.ts";
import type { Agent } from "../../core/identity/agent.ts";
import { factsOf, type JournalEvent } from "../../core/journal/event.ts";
import { closesAt } from "../../core/offboarding/closes-at.ts";
import { type LeftOut, type OffboardingReport, reportOffboarding } from "../../core/offboarding/report-offboarding.ts";
import { gatherSecrets, reportSecret } from "../../core/offboarding/report-secret.ts";
import { activeOf, reportTask } from "../../core/offboarding/report-task.ts";
import { CLOCK_MARGIN_SECONDS } from "../../core/revocation/role-entry.ts";
import type { SecretLocks } from "../../core/secrets/secret-lock.ts";
import { isTaskPath, type TaskPath } from "../../core/task-path.ts";
import { gatherReceipt, type KnownWrites, type ReceiptNeeds } from "../tasks/gather-receipt.ts";
import { issuedBefore, type ListNeeds, MOST_LISTED, tasksWithOpenLeases } from "./list-issued.ts";
import { readSecretsOf } from "./read-secrets-of.ts";

export interface ReportNeeds extends ListNeeds, ReceiptNeeds {
  readonly locks: Pick<SecretLocks, "seenBy" | "find">;
}

/** Upper bound on the trees of tasks that are read at the same time. */
const AT_ONCE = 24;

/**
 * Gathers the report on an offboarding that has begun, from the current record. Covers the tasks that the journal
 * lists, and any found since.
 * @returns the report, and the paths at or below which a task is still active.
 */
export async function gatherReport(
  agent: Agent,
  ports: ReportNeeds,
): Promise<{ readonly report: OffboardingReport; readonly active: readonly TaskPath[] }> {
  const [history, live, open, withOpenLeases, issued, known] = await Promise.all([
    ports.agents.history(agent.id),
    ports.agents.liveTasks(agent.id),
    ports.tasks.openEndings(agent.id),
    tasksWithOpenLeases(agent, ports),
    issuedBefore(agent, ports),
    readSecretsOf(agent.id, ports),
  ]);
  const { listed, leftOut: before } = listedIn(history);
  const inRoles = issued.map(({ path }) => path);
  const paths = [...new Set([...listed, ...live, ...open.map(({ path }) => path), ...withOpenLeases, ...inRoles])];
  const reported = new Set(paths.slice(0, Math.max(MOST_LISTED, listed.length)));
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const writes: KnownWrites = new Map();
  // Summarises each tree as it is read. The events of one tree may be many megabytes, so all trees may exceed a
  // function's memory.
  const records = await atOnce(AT_ONCE, [...reported], async (path) => {
    const record = await ports.tasks.record(path);
    const receipts = await atOnce(AT_ONCE, record.tasks, (task) =>
      gatherReceipt(task, record, nowSeconds, ports, writes),
    );
    return { path, tasks: reportTask(path, record, nowSeconds, receipts), isActive: activeOf(record).length > 0 };
  });

  const unreported = issued.filter(({ path }) => !reported.has(path));
  const leftOut = latestOf(before, { tasks: unreported.length, ...openUntil(unreported[0]?.fenceAt) });
  const tasks = records.flatMap((each) => each.tasks);
  // A task of the agent may be below another of its tasks.
  const unique = [...new Map(tasks.map((task) => [task.task, task])).values()];
  const closes = closesAt(agent);
  const secrets = gatherSecrets(known.map(({ seen, state }) => reportSecret(seen, state, closes)));
  return {
    report: reportOffboarding(agent, history, unique, secrets, leftOut, closes, nowSeconds),
    active: records.filter(({ isActive }) => isActive).map(({ path }) => path),
  };
}

/** Reads from the journal which tasks were listed before any was ended. */
function listedIn(history: readonly JournalEvent[]): {
  readonly listed: readonly TaskPath[];
  readonly leftOut: LeftOut;
} {
  const event = history.find(({ type }) => type === "agent.tasks_listed");
  const { tasks, left_out: leftOut } = (event && factsOf(event, "agent.tasks_listed")) ?? {};
  const { tasks: count = 0, last_fence_at: fenceAt } = (leftOut ?? {}) as LeftOutFact;
  const listed = Array.isArray(tasks) ? tasks.filter(isTaskPath) : [];
  return { listed, leftOut: { tasks: count, ...openUntil(fenceAt) } };
}

type LeftOutFact = Partial<NonNullable<FactsOf<"agent.tasks_listed">["left_out"]>>;

const openUntil = (fenceAt: number | undefined) =>
  fenceAt === undefined ? {} : { openUntil: fenceAt + CLOCK_MARGIN_SECONDS };

/**
 * Combines two counts of unlisted tasks: the larger number and the later fence. The roles' lists lose and gain entries
 * over time.
 */
const latestOf = (a: LeftOut, b: LeftOut): LeftOut => ({
  tasks: Math.max(a.tasks, b.tasks),
  ...(a.openUntil === undefined && b.openUntil === undefined
    ? {}
    : { openUntil: Math.max(a.openUntil ?? 0, b.openUntil ?? 0) }),
});
