import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BUDGET_LIMITS } from "../../../contract/limits.ts";
import type { Spending } from "../../../functions/core/budgets/budgets.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { countGrant, readFree } from "../../../functions/exchange/vend/count-grant.ts";
import { aTask, aUse } from "../../fakes/samples/task.ts";
import { FakeTasks } from "../../fakes/tasks/tasks.ts";
import { type Row, type Run, verdict } from "../row.ts";

/** Duration of each call of the table; milliseconds. Longer than DynamoDB's within a Region. */
const CALL_MS = 10;

/** Requests at the same moment. */
const AT_ONCE = [10, 25, 50, BUDGET_LIMITS.count, 4 * BUDGET_LIMITS.count];

/** Requests at the same moment that are all to be granted: as many as the largest budget allows. */
const MOST = BUDGET_LIMITS.count;

/** Largest budget that there may be, of the hub: one item counts every grant. */
const HOT = [{ name: "hot", count: BUDGET_LIMITS.count, window: 60, scope: "hub", holder: "*" }] as const;

/** Measures how many grants one hot budget counts, while requests come at the same moment and each repeats a lost race. */
export async function hotBudget({ say }: Run): Promise<readonly Row[]> {
  const runs = [];
  for (const askers of AT_ONCE) {
    say(`${askers} requests at once`);
    runs.push({ askers, ...(await grantsAtOnce(askers)) });
  }
  const lost = runs.filter(({ askers }) => askers <= MOST).reduce((sum, { contended }) => sum + contended, 0);
  const fastest = Math.max(...runs.map(({ granted, seconds }) => granted / seconds));
  return [
    {
      name: `one budget of the hub, ${MOST} requests at once`,
      measured: `at most ${fastest.toFixed(0)} grants a second, ${lost} refused`,
      target: "none is refused as contended",
      verdict: verdict(lost === 0),
      notes: [
        `a table in memory, whose calls take ${CALL_MS} ms each; the budget allows ${BUDGET_LIMITS.count} grants`,
        ...runs.map(
          ({ askers, granted, contended, spent, seconds }) =>
            `${askers} at once: ${granted} granted in ${seconds.toFixed(1)} s, ${contended} contended, ${spent} refused as spent`,
        ),
      ],
      figures: { grantsPerSecond: fastest },
    },
  ];
}

async function grantsAtOnce(askers: number) {
  const tasks = new FakeTasks();
  const inTime = () => sleep(CALL_MS);
  [tasks.before, tasks.budgets.before] = [inTime, inTime];
  const ports = {
    ...{ tasks, budgets: tasks.budgets, random: { bytes: randomBytes }, clock: { nowMs: Date.now } },
    pause: (ms: number) => sleep(ms),
  };
  const beganAt = performance.now();
  let lastAt = beganAt;
  const grant = async () => {
    const { task, event } = aTask();
    const write = (spendings: readonly Spending[]) =>
      ports.tasks.open(task, event, aUse(), undefined, undefined, { spendings });
    await countGrant(task.path, HOT, await readFree(HOT, ports), undefined, write, ports);
    lastAt = performance.now();
  };
  const answers = await Promise.allSettled(Array.from({ length: askers }, grant));
  const codes = answers.map((each) => (each.status === "fulfilled" ? "granted" : codeOf(each.reason)));
  const count = (code: string): number => codes.filter((each) => each === code).length;
  return {
    granted: count("granted"),
    contended: count("contended"),
    spent: count("budget_spent"),
    seconds: (lastAt - beganAt) / 1_000,
  };
}

function codeOf(error: unknown): string {
  if (error instanceof Refusal) return error.code;
  throw error;
}
