import { counted } from "../../../contract/decision/counted.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import type { Reporter } from "../../reporter.ts";
import { atOnce } from "../at-once.ts";
import type { Operator } from "../operator.ts";
import { joined, type Shown, shown } from "../print/shown.ts";
import { table } from "../print/table.ts";
import { DELIVERED_MS, endedTasks } from "../tasks/ended-tasks.ts";
import { type Advice, adviceOf, type ReadTask } from "./advice.ts";
import { tryAdvice } from "./try-advice.ts";

/** Most tasks whose ledgers are read, the latest first. */
const MOST = 500;
const AT_ONCE = 8;
const DAY_MS = 86_400_000;

interface Wanted {
  readonly agent: string;
  readonly days: number;
  /** Folder of the policies that the cases run on. */
  readonly policies: string;
  readonly config: string | undefined;
}

/**
 * Prints what an agent was granted and never used, a smaller intent, and a Cedar policy as a diff. Runs the policies' cases with that policy. Applies
 * nothing.
 * @throws {ClientError} later where there is too little data.
 */
export async function advise(
  { agent, days, policies, config }: Wanted,
  { api, print }: Operator,
  report: Reporter,
): Promise<number> {
  const nowMs = Date.now();
  const ended = await report.patiently("listing its tasks", endedTasks(api, agent, nowMs - days * DAY_MS));
  const delivered = ended.tasks
    .filter(({ ended_at: at }) => at !== undefined && Date.parse(at) <= nowMs - DELIVERED_MS)
    .slice(0, MOST);
  const read: ReadTask[] = [];
  const reading = atOnce(AT_ONCE, delivered, async (task) => {
    const { rows } = await api.call("GET /v1/tasks/{task}/ledger", { parameters: { task: task.id } });
    read.push({ endedAtMs: Date.parse(task.ended_at ?? ""), details: task.authorization_details, rows });
  });
  await report.patiently(`reading what ${counted(delivered.length, "task")} did`, reading);
  const advice = adviceOf(read);
  if (advice.missing !== undefined)
    throw new ClientError(
      "later",
      "too_little_data",
      `too little is known of ${agent} to advise: needed are ${advice.missing}, that ended an hour ago or earlier; --days looks further back (90 at most)`,
    );
  const cedar = cedarOf(agent, advice, new Date(nowMs));
  const tried = cedar === undefined ? undefined : await triedOn({ agent, cedar, policies, config });
  const diff = cedar === undefined ? undefined : diffOf(`${policies}/advice-${agent}.cedar`, cedar);
  print({ agent, ...advice, ...defined({ diff }), ...(tried ? { cases: tried } : {}) }, () =>
    described(agent, advice, diff, tried),
  );
  return 0;
}

/** Outcome of the policies' cases with the advised policy. */
interface Tried {
  readonly cases: number;
  /** Cases that passed before, and fail with the advised policy. */
  readonly broken: readonly string[];
  /** True where the advised policy decided a case. */
  readonly isDecided: boolean;
}

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9]+$/;

/**
 * Makes a policy that forbids the agent what it never used. A `forbid` can only remove permissions, so an agent's use cannot widen a grant or change
 * another rule. The policy names no kind of resource, since calls on none (`s3:ListAllMyBuckets`) are decided on the account. Actions that are used on
 * some resource are narrowed by the smaller intent only: a `forbid` on resources would take room in each session policy.
 */
function cedarOf(agent: string, { actions, tasks, days }: Advice, now: Date): string | undefined {
  const named = actions.filter((action) => ACTION.test(action));
  if (named.length === 0 || !/^[a-z0-9-]{1,64}$/.test(agent)) return undefined;
  const list = named.map((action) => `    Action::"${action}"`).join(",\n");
  return `@id("advice-${agent}")
@description("Granted and never used: ${tasks} tasks over ${days} days, as of ${now.toISOString().slice(0, 10)}.")
forbid (
  principal == Agent::"${agent}",
  action in [
${list}
  ],
  resource
);
`;
}

/** Writes a new file as a diff. */
const diffOf = (path: string, text: string): string => {
  const lines = text.trimEnd().split("\n");
  return `--- /dev/null\n+++ ${path}\n@@ -0,0 +1,${lines.length} @@\n${lines.map((line) => `+${line}\n`).join("")}`;
};

/** Runs the policies' cases with the advised policy. @returns the outcome, or the reason why the cases could not be run. */
async function triedOn(trial: Parameters<typeof tryAdvice>[0]): Promise<Tried | string> {
  try {
    return await tryAdvice(trial);
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return error.message;
  }
}

function described(
  agent: string,
  { pairs, tasks, days, intent }: Advice,
  diff: string | undefined,
  tried: Tried | string | undefined,
): Shown {
  const rows = (verdicts: readonly string[]) =>
    pairs
      .filter(({ verdict }) => verdicts.includes(verdict))
      .map(({ account, action, resource, granted, used, verdict }) => [
        action,
        resource,
        account,
        granted,
        used,
        verdict.replaceAll("_", " "),
      ]);
  const headings = ["action", "resource", "account", "granted in", "used in", "is"];
  const unused = rows(["unused"]);
  const others = rows(["used", "not_seen", "too_little"]);
  const parts = [
    shown`${counted(tasks, "task")} of ${agent} over ${counted(days, "day")}. Nothing is applied.\n`,
    unused.length === 0
      ? shown`No visible grant stayed unused.\n`
      : shown`Granted and never used\n${table(headings, unused)}`,
    others.length === 0 ? shown`` : shown`Kept\n${table(headings, others)}`,
    shown`A use that no trail can show counts as "not seen", never as unused. For a resource without a Region in its ARN, only calls in the Regions that the account forwards are known: check before you apply.\n`,
    shown`A smaller intent\n${joined(JSON.stringify(intent, undefined, 2).split("\n"), "\n")}\n`,
    ...(diff === undefined ? [] : [shown`A policy\n${joined(diff.split("\n"), "\n")}`, casesOf(tried)]),
  ];
  return joined(
    parts.filter((part) => part.toString() !== ""),
    "\n",
  );
}

function casesOf(tried: Tried | string | undefined): Shown {
  if (tried === undefined || typeof tried === "string")
    return shown`Cases: not run (${tried ?? "no policies are at hand"}).\n`;
  const { cases, broken, isDecided } = tried;
  const hint = isDecided ? "" : "; none is decided by the new policy: write one";
  if (broken.length === 0) return shown`Cases: ${cases}, all as before${hint}.\n`;
  return shown`Cases: ${broken.length} of ${cases} would not come out as expected any more:\n${joined(broken.map((each) => shown`  ${each}\n`))}`;
}
