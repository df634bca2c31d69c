import { setTimeout as sleep } from "node:timers/promises";
import type { ReadAnswer } from "../../../contract/operations.ts";
import { defined } from "../../../functions/core/defined.ts";
import { placeOf } from "../../deployments/address-of.ts";
import { ClientError } from "../../exit-codes.ts";
import { perform } from "../approvals/perform.ts";
import { type OperatorCommand, operatorOf } from "../operator.ts";
import { parseOperator, secondsIn, wordOf } from "../operator-options.ts";
import { type Shown, shown } from "../print/shown.ts";
import { coloured, table } from "../print/table.ts";
import { endedTasks } from "../tasks/ended-tasks.ts";
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
 * Runs `valetkey offboard <agent> --yes [--reason <text>] [--wait <seconds>]`: ends everything that the agent ever had, and waits until AWS denies each
 * key and nothing else is open. Then prints receipts and report. The report is signed later, after the last fence; a repeat prints the signed one.
 * @throws {ClientError} later where a key is not denied, or something else is open, in time.
 */
export const offboard: OperatorCommand = async (argv, env, report) => {
  const options = parseOperator("offboard", argv, env, ["yes", "wait", "reason"], 1);
  const id = wordOf(options, 0, "which agent", "offboard");
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
  const body = reason === undefined ? {} : { reason };
  const act = { path: `/v1/agents/${encodeURIComponent(id)}/offboard`, body };
  const begun = await perform<Begun>({ api, report, act }, async () => {
    const agent = await api.call("GET /v1/agents/{agent}", { parameters });
    return agent.status === "offboarding" || agent.status === "offboarded" ? agent : undefined;
  });
  const deadlineMs = Date.now() + waitMs;
  const ended = [...(begun.ended ?? [])];
  let closesAt = begun.closes_at;
  const read = () => api.call("GET /v1/agents/{agent}/offboarding", { parameters });
  let progress = await read();
  const receipts = new Receipts(api);
  const before = await endedTasks(api, id, haltedAtMs(begun));
  const ids = () => [...new Set([...ended, ...before.tasks.map((task) => task.id)])];
  await receipts.read(ids());
  const isDead = () => receipts.isComplete && openOf(progress) === 0;
  const isLate = () => Date.parse(closesAt ?? "") > deadlineMs;
  while (!isSigned(progress) && !(isDead() && isLate()) && Date.now() < deadlineMs) {
    report.note(
      "waiting",
      `${openKeys(receipts)} of its keys are not denied yet, and ${openOf(progress)} of its tasks, leases, bindings and secrets are open still${signable(closesAt)} ...`,
    );
    await sleep(PAUSE_MS);
    const again = await api.call("POST /v1/agents/{agent}/offboard", { parameters, body });
    ended.push(...again.ended);
    closesAt = again.closes_at ?? closesAt;
    progress = await read();
    await receipts.read(ids());
  }
  print(
    {
      ...progress,
      ended,
      receipts: receipts.all,
      denied: receipts.isComplete,
      ...defined({ closes_at: closesAt }),
    },
    () =>
      shown`${endedTable(ended)}\n${receipts.all.length === 0 ? "" : shown`${describedReceipts(receipts.all, receipts.isComplete)}\n`}${described(progress, isDead())}${isSigned(progress) ? "" : later(closesAt)}`,
  );
  if (isSigned(progress) || isDead()) return 0;
  throw new ClientError(
    "later",
    "not_complete",
    `not everything has ended yet${signable(closesAt)}: run it again, or wait for its last fence`,
  );
};

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
function described(progress: Progress, isDead: boolean): Shown {
  const rows = partsOf(progress).map((part) => [
    part.kind,
    part.which,
    stateOf(part),
    part.at,
    ...denialOf(part.denied),
  ]);
  const unsigned = isDead
    ? shown`${coloured("nothing of it can act", "green")}; the report is not signed yet`
    : coloured("not complete", "red");
  const end = isSigned(progress) ? shown`${coloured("complete", "green")}  sha256 ${progress.sha256}` : unsigned;
  return shown`${table(["what", "which", "is", "since", "IAM denies since", "AWS refused"], rows)}\n${end}\n`;
}
