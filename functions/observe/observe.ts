import type { Catalogue } from "../core/catalogue/catalogue.ts";
import { accountOf, type Deployment } from "../core/deployment/deployment.ts";
import type { RuleAbout } from "../core/deployment/escalation-rules.ts";
import { areTooMany, deniedWriteOf, isAttempt } from "../core/escalation/denied-writes.ts";
import { type Detection, detectionOf, type Escalations } from "../core/escalation/detection.ts";
import { judgeUse } from "../core/escalation/judge-use.ts";
import { mayBeCopy } from "../core/escalation/may-be-copy.ts";
import { trippedBy } from "../core/escalation/tripwire.ts";
import { type ApiUse, apiUseOf } from "../core/ledger/api-use.ts";
import type { Heard } from "../core/ledger/heard.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Task } from "../core/tasks/task.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { isTaskRole } from "../hub-names.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { attributeUses } from "./attribute-uses.ts";
import { recordUses } from "./record-uses.ts";

/** Ports of the observer. */
export interface ObservePorts {
  readonly tasks: Pick<Tasks, "read">;
  readonly ledger: Ledger;
  readonly heard: Pick<Heard, "hear">;
  readonly catalogue: Catalogue;
  readonly escalations: Escalations;
  readonly deployment: Pick<Deployment, "escalation" | "accounts" | "prefix">;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Number of the delivery at which an unrecorded key counts as somebody else's. CloudTrail does not preserve the order of events. The event about a
 * session's copy may come after the copy's first call. Between two deliveries lie two minutes (the queue's visibility timeout).
 */
const LAST_DELIVERY = 3;

/** Use of a key, with the message of the queue that reports it. */
interface DeliveredUse extends ApiUse {
  readonly message: QueueMessage;
  /** True for an event that somebody replays from an archive of EventBridge. */
  readonly isReplayed: boolean;
}

/**
 * Records the uses of tasks' keys, from events of CloudTrail. An event counts for a task only if the task has the call's key, in the session's account and
 * role. Each event counts once, however often it is delivered. Uses that break a rule of escalation are reported. A
 * replayed event is recorded where it was lost, and judged by no rule: it is nobody's call of today.
 */
export async function observe({ Records: messages }: QueueBatch, ports: ObservePorts): Promise<BatchAnswer> {
  const uses = messages.flatMap((message): readonly DeliveredUse[] => {
    // AWS writes the event. One that cannot be read would hide a call, so a repeated member refuses nothing here.
    const event = jsonFields(message.body, JSON.parse);
    const use = apiUseOf(event, (role) => isTaskRole(role, ports.deployment), ports.catalogue);
    return use ? [{ ...use, message, isReplayed: event["replay-name"] !== undefined }] : [];
  });
  const failed: QueueMessage[] = [];
  for (const [session, own] of Map.groupBy(uses, (use) => use.session)) {
    try {
      failed.push(...(await observeSession(own[0]?.path, own, ports)));
    } catch (error) {
      ports.log.write({ level: "warn", event: "uses_not_recorded", task: session, why: reasonOf(error) });
      failed.push(...own.map(({ message }) => message));
    }
  }
  await hear(uses, ports);
  if (uses.length > 0) logLag(uses, ports);
  return failedMessages(failed);
}

/** Records the uses of one session name. @returns messages that must be delivered again. */
async function observeSession(
  path: TaskPath | undefined,
  uses: readonly DeliveredUse[],
  ports: ObservePorts,
): Promise<readonly QueueMessage[]> {
  const { tasks, ledger, log } = ports;
  const task = path && (await tasks.read(path));
  const { own, foreign: unknown, unattributed } = await attributeUses(uses, task, ledger);
  const foreign = unknown.filter(isOfToday);
  if (unattributed.length > 0)
    log.write({ level: "info", event: "uses_untold", task: path, uses: unattributed.length });
  const fresh = path ? await recordUses(path, own, ledger) : [];
  if (fresh.length > 0)
    log.write({
      level: "info",
      event: "uses_recorded",
      task: path,
      uses: fresh.length,
      denied: fresh.filter(({ isDenied }) => isDenied).length,
      unmapped: fresh.filter(({ isMapped }) => !isMapped).length,
    });
  const replayed = uses.filter((use) => !isOfToday(use)).length;
  if (replayed > 0) log.write({ level: "warn", event: "replayed_uses", task: path, uses: replayed });
  // Judges all uses of today, and not only fresh ones: a failed report is repeated when its message is delivered again.
  await ports.escalations.report([
    // A possible copy is reported under its task, not under the account, so that it hides no session of somebody else.
    ...foreign.flatMap((use) =>
      judgeUnrecorded(use).map((rule) => detectionOf(rule, use, task && mayBeCopy(use, task) ? task.path : "")),
    ),
    ...(task ? await detectIn(task, own.filter(isOfToday), ports) : []),
  ]);
  return foreign.filter(isEarly).map(({ message }) => message);
}

/** Records that calls of these target accounts reach the hub. Best effort: the next call repeats it, and the ledger does not depend on it. */
async function hear(uses: readonly ApiUse[], { heard, deployment, log }: ObservePorts): Promise<void> {
  const accounts = [...new Set(uses.map(({ account }) => account))];
  try {
    await heard.hear(accounts.filter((id) => accountOf(deployment, id) !== undefined));
  } catch (error) {
    log.write({ level: "warn", event: "accounts_not_heard", why: reasonOf(error) });
  }
}

const isOfToday = ({ isReplayed }: DeliveredUse): boolean => !isReplayed;

const isEarly = ({ message }: DeliveredUse): boolean =>
  Number(message.attributes?.ApproximateReceiveCount ?? LAST_DELIVERY) < LAST_DELIVERY;

/** Rules about an account, each with its test of a use whose key nobody recorded. A rule without one does not compile. */
const BROKEN_BY = {
  E3: (use) => !isEarly(use),
} as const satisfies Readonly<Record<RuleAbout<"account">, (use: DeliveredUse) => boolean>>;

const RULE_IDS_OF_ACCOUNTS = Object.keys(BROKEN_BY) as readonly (keyof typeof BROKEN_BY)[];

/** Lists the rules that one use of an unrecorded key breaks. */
const judgeUnrecorded = (use: DeliveredUse): readonly RuleAbout<"account">[] =>
  RULE_IDS_OF_ACCOUNTS.filter((rule) => BROKEN_BY[rule](use));

/** Logs the time between the calls and the record of their events: CloudTrail's delay, and the queue's. */
function logLag(uses: readonly DeliveredUse[], { clock, log }: ObservePorts): void {
  const lags = uses.map(({ at }) => Math.max(0, Math.round(clock.nowMs() / 1_000 - at)));
  log.write({ level: "info", event: "observed", uses: uses.length, lag_seconds: Math.max(...lags) });
}

/** Ports of the detection. */
export interface DetectPorts {
  readonly ledger: Pick<Ledger, "rememberDenied">;
  readonly catalogue: Catalogue;
  readonly deployment: Pick<Deployment, "escalation">;
}

/** Lists the escalations in uses of a task's own keys. */
async function detectIn(
  task: Task,
  uses: readonly ApiUse[],
  { ledger, catalogue, deployment }: DetectPorts,
): Promise<readonly Detection[]> {
  const judging = { catalogue, tripwires: deployment.escalation?.tripwires ?? [] };
  const found = uses.flatMap((use) =>
    judgeUse(use, task, judging).map((rule) => {
      const resource = (rule === "E6" && trippedBy(use, judging.tripwires)) || use.resource;
      return detectionOf(rule, { ...use, resource });
    }),
  );
  const denied = uses.filter((use) => isAttempt(use, task, catalogue));
  const [latest] = denied.toSorted((a, b) => b.at - a.at);
  if (!latest) return found;
  const remembered = await ledger.rememberDenied(task.path, denied.map(deniedWriteOf));
  return areTooMany(remembered) ? [...found, detectionOf("E4", latest)] : found;
}
