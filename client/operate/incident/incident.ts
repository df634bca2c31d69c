import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../../contract/decision/counted.ts";
import { escapedJson } from "../../../contract/decision/escaped-json.ts";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { ClientError } from "../../exit-codes.ts";
import { readPrivateFile, writePrivateFile } from "../../files/private-file.ts";
import { ownCommand } from "../../own-command.ts";
import type { Reporter } from "../../reporter.ts";
import { haltedAtMs, suspendAgent } from "../agents/suspend.ts";
import { atOnce } from "../at-once.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import type { Shown } from "../print/shown.ts";
import { endedTasks, type ListedTask, sinceMsOf } from "../tasks/ended-tasks.ts";
import { Receipts } from "../tasks/receipts.ts";
import { describedIncident } from "./incident-page.ts";
import { type Incident, type IncidentStep, type IncidentTask, type UndoneStep, verdictOf } from "./incident-record.ts";

const PAUSE_MS = 1_000;
const AT_ONCE = 8;
/** Largest number of tasks whose ledger is read. More requests could raise an alarm of the service. */
const MOST_LEDGERS = 200;
/** Time before a halt within which an ended task may still have had a session at the halt. The last fence and the clocks' margins; milliseconds. */
const MAY_LIVE_MS = 25 * 60_000;

/**
 * Runs `valetkey incident <agent> [--reason <text>] [--since <time>] [--wait <seconds>] [--out <file>]`: lists what the agent has, suspends it, waits
 * until its keys are denied, and gathers receipts and ledgers. Reports a step that fails, and goes on with the others. May be repeated.
 * @returns 0 where nothing of the agent can act, and every step succeeded.
 * @throws {ClientError} refused where the service refused a step; later where something may act, it is unknown whether, or a step failed.
 */
export const incident: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("incident", argv, env, ["reason", "since", "wait", "out"], 1);
  const agent = wordOf(options, 0, "which agent", "incident");
  const { reason, since = "24h", wait = "60", out } = options.option;
  const [sinceMs, waitSeconds] = [sinceMsOf(since), secondsIn(wait, "--wait")];
  const before = out === undefined ? undefined : earlierIn(out, agent);
  const { api, print } = await operatorOf(options, env, report);
  const record = await gather({ agent, reason, sinceMs, waitSeconds, before }, api, report);
  const page = describedIncident(record);
  if (out !== undefined) save(out, record, page);
  print(record, () => page);
  const { verdict, sentence, undone } = record;
  const steps = [...new Set(undone.map(({ step }) => step))].join(", ");
  if (undone.some((step) => step.refused)) {
    const who = "Have a person who may do all steps run the same command.";
    throw new ClientError("refused", "incident_incomplete", `${sentence} Not done: ${steps}. ${who}`);
  }
  if (verdict === "nothing_can_act" && undone.length === 0) return 0;
  const rest = undone.length === 0 ? "" : ` Not done: ${steps}.`;
  throw new ClientError("later", verdict, `${sentence}${rest} Run the same command again.`);
};

interface Request {
  readonly agent: string;
  readonly reason: string | undefined;
  readonly sinceMs: number;
  readonly waitSeconds: number;
  readonly before: Incident | undefined;
}

async function gather(
  { agent, reason, sinceMs, waitSeconds, before }: Request,
  api: OperatorApi,
  report: Reporter,
): Promise<Incident> {
  const beganMs = Date.now();
  const deadlineMs = beganMs + waitSeconds * 1_000;
  const unknown: string[] = [];
  const undone: UndoneStep[] = [];
  /** Does a step. Records a failure, so that the next step is done all the same. */
  const tried = async <T>(
    step: IncidentStep,
    what: string,
    work: () => Promise<T>,
    task?: string,
  ): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      unknown.push(`${what}: ${error.message}`);
      undone.push(undoneStep(step, error, task));
      return undefined;
    }
  };

  report.note("step", `listing the tasks of ${agent}`);
  const live = (await tried("list_live", "its live tasks could not be listed", () => liveTasks(api, agent))) ?? [];
  report.note("step", `${live.length} alive; suspending ${agent}`);
  const suspended = await tried("suspend", "IT COULD NOT BE SUSPENDED", () =>
    suspendUntil(api, agent, reason, deadlineMs),
  );
  const state =
    suspended ??
    (await tried("read_agent", "it could not be read", () =>
      api.call("GET /v1/agents/{agent}", { parameters: { agent } }),
    ));
  const panic = await tried("read_panic", "whether a panic is declared could not be read", () =>
    api.call("GET /v1/panic", {}),
  );
  const alive = await tried("list_live_again", "whether it has live tasks could not be read", () =>
    liveTasks(api, agent),
  );

  const haltedMs = state ? haltedAtMs(state) : beganMs;
  const fromMs = Math.min(sinceMs, haltedMs - MAY_LIVE_MS);
  const ended = await tried("list_ended", "its ended tasks could not be listed", () => endedTasks(api, agent, fromMs));
  if (ended?.isWhole === false)
    unknown.push("more of its tasks have ended than one command reads: the oldest are missing here");
  const all = new Map<string, IncidentTask>();
  for (const task of [...live, ...(ended?.tasks ?? [])]) all.set(task.id, task);
  for (const id of suspended?.ended ?? []) if (!all.has(id)) all.set(id, { id });

  const mayMatter = [...all.values()].filter(
    ({ ended_at: at }) => at === undefined || Date.parse(at) >= haltedMs - MAY_LIVE_MS,
  );
  report.note("step", `waiting until the keys of ${counted(mayMatter.length, "task")} are denied`);
  const receipts = new Receipts(api);
  await receipts.await(
    mayMatter.map(({ id }) => id),
    deadlineMs,
    report,
  );
  const deniedMs = Date.now();
  for (const [id, error] of receipts.unread) {
    unknown.push(`the receipt of ${id} could not be read: ${error instanceof ClientError ? error.message : "a bug"}`);
    undone.push(undoneStep("read_receipt", error, id));
  }

  report.note("step", "reading what they did");
  const ledgers = new Map<string, NonNullable<IncidentTask["ledger"]>>();
  const shown = [...all.keys()].slice(0, MOST_LEDGERS);
  if (all.size > shown.length)
    unknown.push(`what ${all.size - shown.length} older tasks did was not read: ${ownCommand()} tasks ledger <task>`);
  await atOnce(AT_ONCE, shown, async (id) => {
    const read = () => api.call("GET /v1/tasks/{task}/ledger", { parameters: { task: id } });
    const answer = await tried("read_ledger", `what ${id} did could not be read`, read, id);
    if (answer) ledgers.set(id, answer.rows);
  });

  const receiptOf = new Map(receipts.all.map((each) => [each.task, each]));
  const ids = new Set([...all.keys(), ...receiptOf.keys()]);
  const tasks: readonly IncidentTask[] = [...ids].map((id) => ({
    ...all.get(id),
    id,
    ...defined({ receipt: receiptOf.get(id), ledger: ledgers.get(id) }),
  }));
  const facts = {
    agent: state ?? { id: agent },
    isSuspended: state !== undefined && state.status !== "active",
    isPanic: panic?.halted === true,
    alive: alive?.map(({ id }) => id),
    tasks,
    unread: receipts.unread.size + (ended ? 0 : 1),
  };
  return {
    format: "valetkey.incident/1",
    as_of: new Date().toISOString(),
    began_at: before?.began_at ?? new Date(beganMs).toISOString(),
    ...verdictOf(facts),
    agent: facts.agent,
    ...defined({ reason }),
    ...(panic ? { panic } : {}),
    live_at_the_beginning: before?.live_at_the_beginning ?? live.map(({ id }) => id),
    milliseconds: deniedMs - beganMs,
    tasks,
    unknown: [...unknown, ...LIMITS],
    undone,
  };
}

/** Makes the record of a step that failed. @param error a ClientError; any other error is a bug of the client. */
const undoneStep = (step: IncidentStep, error: unknown, task: string | undefined): UndoneStep => ({
  step,
  ...defined({ task }),
  refused: error instanceof ClientError && error.reason === "refused",
  error: error instanceof ClientError ? error.message : "a bug",
});

/** Limits of the knowledge in every incident's page. */
const LIMITS = [
  "CloudTrail tells of calls minutes later: run the same command again after a quarter of an hour",
  "data events that no trail of the account selects are not seen (data_event_not_selected)",
  "AWS takes some seconds to act on a policy that IAM has; a receipt's `observed` says how many, for a sample",
  `what the agent has read it knows: secrets are in \`valetkey secrets\`, and rotate by \`valetkey secrets rotate\``,
] as const;

async function liveTasks(api: OperatorApi, agent: string): Promise<readonly ListedTask[]> {
  return (await api.call("GET /v1/tasks", { query: { agent } })).tasks;
}

/** Suspends the agent. Retries while tasks are left or the service has an outage. @throws {ClientError} */
async function suspendUntil(
  api: OperatorApi,
  agent: string,
  reason: string | undefined,
  deadlineMs: number,
): Promise<ReadAnswer<"POST /v1/agents/{agent}/suspend">> {
  for (;;) {
    try {
      return await suspendAgent(api, agent, reason);
    } catch (error) {
      const mayPass = error instanceof ClientError && ["unavailable", "later"].includes(error.reason);
      if (!mayPass || Date.now() + PAUSE_MS >= deadlineMs) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Reads the file of an earlier run. @throws {ClientError} usage for a file with other content, which is not overwritten. */
function earlierIn(path: string, agent: string): Incident | undefined {
  try {
    writeFileSync(path, "", { flag: "ax", mode: 0o600 });
    return undefined;
  } catch {
    const text = readPrivateFile(path);
    if (text === "") return undefined;
    try {
      const earlier: Incident = JSON.parse(text ?? "");
      if (earlier.format === "valetkey.incident/1" && earlier.agent.id === agent) return earlier;
    } catch {
      // Falls through to the refusal.
    }
    throw new ClientError(
      "usage",
      "usage",
      `${path} cannot be written, or is no incident of ${agent} that is yours alone to read: give another --out`,
    );
  }
}

/** Writes the JSON, and the page beside it. */
function save(path: string, record: Incident, page: Shown): void {
  writePrivateFile(path, `${escapedJson(JSON.stringify(record, undefined, 2))}\n`);
  writePrivateFile(`${path.replace(/\.json$/, "")}.txt`, page.toString());
}
