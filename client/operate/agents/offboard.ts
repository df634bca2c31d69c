import { setTimeout as sleep } from "node:timers/promises";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { placeOf } from "../../deployments/address-of.ts";
import { ClientError } from "../../exit-codes.ts";
import { perform } from "../approvals/perform.ts";
import { type Operator, type OperatorCommand, operatorOf } from "../operator.ts";
import type { OperatorApi } from "../operator-api.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { type EndedTasks, endedTasks } from "../tasks/ended-tasks.ts";
import { describedReceipts, Receipts, refused } from "../tasks/receipts.ts";
import { endedTable, haltedAtMs } from "./suspend.ts";

type Leaving = ReadAnswer<"POST /v1/agents/{agent}/offboard">;
type Progress = ReadAnswer<"GET /v1/agents/{agent}/offboarding">;
type Denied = Extract<Progress["report"]["tasks"][number]["leases"][number], { readonly fence_at: string }>["denied"];

/** Agent after the first request, or as somebody found it after another person's act. */
type Begun = ReadAnswer<"GET /v1/agents/{agent}"> & Partial<Pick<Leaving, "ended" | "closes_at">>;

/** Entry of the report that may be open. */
interface Part {
  readonly kind: "binding" | "task" | "lease" | "secret";
  readonly which: string;
  readonly status: string;
  readonly at?: string;
  readonly fence_at?: string;
  readonly denied?: Denied;
}

const PAUSE_MS = 2_000;

/**
 * Runs `valetkey offboard <agent> --yes --reason <text> [--wait <seconds>]`: ends everything that the agent ever had, and waits until AWS denies each
 * key and nothing else is open. Then prints receipts and report, with the keys whose fence had passed before. The report is signed later, after the last
 * fence; a repeat prints the signed one, and needs no reason. With `--report` it prints the report of an offboarding that has begun, and ends nothing.
 * @throws {ClientError} usage without a reason; later where a key is not denied, or something else is open, in time.
 */
export const offboard: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("offboard", argv, env, ["yes", "wait", "reason", "report"], 1);
  const id = wordOf(options, 0, "which agent", "offboard");
  if (options.option.report) {
    const { api, print } = await operatorOf(options, env, report);
    return await printReport(id, api, print);
  }
  if (!options.option.yes)
    throw new ClientError(
      "usage",
      "not_confirmed",
      `offboarding ${id} of ${placeOf(options.url, env)} cannot be undone, and its id is never used again: give --yes`,
    );
  const waitMs = secondsIn(options.option.wait ?? "60", "--wait") * 1_000;
  const { api, print } = await operatorOf(options, env, report);
  const parameters = { agent: id };
  const { reason } = options.option;
  if (reason === undefined && !(await isLeaving(api, id)))
    throw new ClientError(
      "usage",
      "no_reason",
      `say why ${id} is offboarded: --reason "the project ended"; the log and the report have it`,
    );
  const body = reason === undefined ? {} : { reason };
  const act = { path: `/v1/agents/${encodeURIComponent(id)}/offboard`, body };
  const begun = await perform<Begun>({ api, report, act }, async () => {
    const agent = await api.call("GET /v1/agents/{agent}", { parameters });
    return LEAVING.has(agent.status) ? agent : undefined;
  });
  const deadlineMs = Date.now() + waitMs;
  const ended = [...(begun.ended ?? [])];
  let closesAt = begun.closes_at;
  const read = () => api.call("GET /v1/agents/{agent}/offboarding", { parameters });
  let progress = await read();
  const receipts = new Receipts(api);
  const all = await endedTasks(api, id, 0);
  const haltedMs = haltedAtMs(begun);
  const since = all.tasks.filter((task) => Date.parse(String(task.ended_at)) >= haltedMs);
  const ids = () => [...new Set([...ended, ...since.map((task) => task.id)])];
  await receipts.read(ids());
  const isDead = () => receipts.isComplete && openOf(progress) === 0;
  let isNoted = false;
  const isLate = () => Date.parse(closesAt ?? "") > deadlineMs;
  while (!isSigned(progress) && !(isDead() && isLate()) && Date.now() < deadlineMs) {
    const sentence = `${openKeys(receipts)} of its keys are not denied yet, and ${openOf(progress)} of its tasks, leases, bindings and secrets are open still${signable(closesAt)} ...`;
    // Everything but a terminal gets the line once, and not every two seconds.
    if (!isNoted) report.noteUnlessTerminal("waiting", sentence);
    isNoted = true;
    report.progress(sentence);
    await sleep(PAUSE_MS);
    const again = await api.call("POST /v1/agents/{agent}/offboard", { parameters, body });
    ended.push(...again.ended);
    closesAt = again.closes_at ?? closesAt;
    progress = await read();
    await receipts.read(ids());
  }
  const earlier = earlierKeys(all, progress, Date.now());
  print(
    {
      ...progress,
      ended,
      earlier_keys: earlier,
      earlier_keys_whole: all.isWhole,
      receipts: receipts.all,
      denied: receipts.isComplete,
      ...defined({ closes_at: closesAt }),
    },
    () =>
      shown`${endedTable(ended)}\n${receipts.all.length === 0 ? "" : shown`${describedReceipts(receipts.all, receipts.isComplete)}\n`}${described(progress, earlier, isDead())}${all.isWhole ? "" : LEFT_OUT}${isSigned(progress) ? "" : later(closesAt)}`,
  );
  if (isSigned(progress) || isDead()) return 0;
  throw new ClientError(
    "later",
    "not_complete",
    `not everything has ended yet${signable(closesAt)}: run it again, or wait for its last fence`,
  );
};

/** Prints the report alone, with the keys whose fence had passed before: for whoever may read agents, and end none. */
async function printReport(id: string, api: OperatorApi, print: Operator["print"]): Promise<number> {
  const [progress, all] = await Promise.all([
    api.call("GET /v1/agents/{agent}/offboarding", { parameters: { agent: id } }),
    endedTasks(api, id, 0),
  ]);
  const earlier = earlierKeys(all, progress, Date.now());
  const isDead = openOf(progress) === 0 && partsOf(progress).every((part) => stateOf(part) !== "unknown");
  print(
    { ...progress, earlier_keys: earlier, earlier_keys_whole: all.isWhole },
    () => shown`${described(progress, earlier, isDead)}${all.isWhole ? "" : LEFT_OUT}`,
  );
  return 0;
}

const LEFT_OUT = shown`The earliest keys are left out: \`valetkey audit show\` has all.\n`;

const LEAVING: ReadonlySet<string> = new Set(["offboarding", "offboarded"]);

/** True where the offboarding has begun already, so that it has its reason. */
const isLeaving = async (api: OperatorApi, agent: string): Promise<boolean> =>
  LEAVING.has((await api.call("GET /v1/agents/{agent}", { parameters: { agent } })).status);

/** Key of a task that ended before the offboarding, and that its report leaves out. */
interface EarlierKey {
  readonly task: string;
  readonly name: string;
  readonly account: string;
  readonly access_key_id?: string;
  readonly fence_at: string;
  readonly status: "expired" | "unknown";
}

/** Lists the keys of ended tasks that the report has not: their fence had passed before the offboarding. */
function earlierKeys({ tasks }: EndedTasks, { report }: Progress, nowMs: number): readonly EarlierKey[] {
  const reported = new Set(report.tasks.map(({ task }) => task));
  return tasks
    .filter(({ id }) => !reported.has(id))
    .flatMap(({ id: task, leases = [] }) =>
      leases.flatMap((lease) => {
        if (!("fence_at" in lease) || lease.fence_at === undefined) return [];
        const { name, account, fence_at, access_key_id } = lease;
        const status = Date.parse(fence_at) < nowMs ? ("expired" as const) : ("unknown" as const);
        return [{ task, name, account, fence_at, status, ...defined({ access_key_id }) }];
      }),
    );
}

/** Writes from when on the report can be signed; "" where that is not known yet. */
const signable = (closesAt: string | undefined): string =>
  closesAt === undefined ? "" : `; its report can be signed from ${closesAt}`;

/** Writes how to get the signed report. */
const later = (closesAt: string | undefined): Shown =>
  shown`Run it again for the signed report${signable(closesAt)}.\n`;

/** Counts the keys that are not known to be denied. */
const openKeys = (receipts: Receipts): number =>
  receipts.all.flatMap(({ leases }) => leases).filter(({ status }) => status === "pending").length;

/** True for a signed report. A report may be complete a moment before its signature. */
const isSigned = ({ sha256 }: Progress): boolean => sha256 !== undefined;

/** Lists the report's entries that may be open: bindings, tasks with their credentials, and known secrets. */
const partsOf = ({ report: { bindings, tasks, secrets } }: Progress): readonly Part[] => [
  ...bindings.map((binding) => ({ ...binding, kind: "binding" as const, which: JSON.stringify(binding.claims) })),
  ...tasks.flatMap((task) => [
    { ...task, kind: "task" as const, which: task.task },
    ...task.leases.map((lease) => ({ ...lease, kind: "lease" as const, which: `${task.task} ${lease.name}` })),
  ]),
  ...secrets.entries.map((each) => ({ ...each, kind: "secret" as const, which: each.secret })),
];

/** Statuses of entries that are over. A secret that valetkey does not rotate is left to a person. */
const OVER: ReadonlySet<string> = new Set(["revoked", "expired", "rotated", "not_rotated"]);
/** Counts the open entries. Leaves out keys of sessions: the report keeps them open until their fence, and the receipts know earlier. */
const openOf = (progress: Progress): number =>
  partsOf(progress).filter(({ kind, status, fence_at: fence }) => !OVER.has(status) && !(kind === "lease" && fence))
    .length;

/** Returns the status of an entry. A key that the report still has as unknown is denied where its receipt shows the denial. */
const stateOf = ({ status, denied }: Part): string => (status === "unknown" && denied ? "denied" : status);

/** Formats the receipt's evidence of a lease. */
const denialOf = (denied: Denied): readonly unknown[] => [denied?.policy_written_at, refused(denied?.observed)];

/** @param isDead true where every key is denied and nothing else is open. */
function described(progress: Progress, earlier: readonly EarlierKey[], isDead: boolean): Shown {
  const rows = [
    ...partsOf(progress).map((part) => [part.kind, part.which, stateOf(part), part.at, ...denialOf(part.denied)]),
    ...earlier.map((key) => ["lease", `${key.task} ${key.name}`, key.status, key.fence_at, undefined, ""]),
  ];
  const given = (progress.report.steps ?? []).findLast(({ step }) => step === "agent.offboarding")?.reason;
  const reason = given === undefined ? "" : shown`reason: ${given}\n`;
  const unsigned = isDead
    ? shown`${coloured("nothing of it can act", "green")}; the report is not signed yet`
    : coloured("not complete", "red");
  const end = isSigned(progress) ? shown`${coloured("complete", "green")}  sha256 ${progress.sha256}` : unsigned;
  return shown`${table(["what", "which", "is", "since", "IAM denies since", "AWS refused"], rows)}\n${reason}${end}\n`;
}
