import type { Catalogue } from "../core/catalogue/catalogue.ts";
import { accountOf, type Deployment } from "../core/deployment/deployment.ts";
import { detectionOf, type Escalations } from "../core/escalation/detection.ts";
import { mayBeCopy } from "../core/escalation/may-be-copy.ts";
import { type ApiUse, apiUseOf } from "../core/ledger/api-use.ts";
import type { Heard } from "../core/ledger/heard.ts";
import type { Ledger } from "../core/ledger/ledger.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import type { TaskPath } from "../core/task-path.ts";
import type { Tasks } from "../core/tasks/tasks.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { isTaskRole } from "../hub-names.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { attributeUses } from "./attribute-uses.ts";
import { detectIn } from "./detect-in.ts";
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
 * Number of the delivery at which a key that nobody recorded counts as somebody else's. CloudTrail does not keep the order of events, so the one that
 * tells of a session's copy may come after the copy's first. Between two deliveries lie two minutes (the queue's visibility timeout).
 */
const LAST_DELIVERY = 3;

/** Use of a key, as a message of the queue tells of it. */
interface ToldUse extends ApiUse {
  readonly message: QueueMessage;
}

/**
 * Records what tasks did with their keys, from events of CloudTrail. An event counts for a task only if the key of the call is recorded for the task, in
 * the account and role of the session. Each event counts once, however often it is delivered. Uses that break a rule of escalation are reported.
 */
export async function observe({ Records: messages }: QueueBatch, ports: ObservePorts): Promise<BatchAnswer> {
  const uses = messages.flatMap((message): readonly ToldUse[] => {
    const use = apiUseOf(jsonFields(message.body), (role) => isTaskRole(role, ports.deployment), ports.catalogue);
    return use ? [{ ...use, message }] : [];
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
  if (uses.length > 0) tellLag(uses, ports);
  return failedMessages(failed);
}

/** Records the uses of one session name. @returns messages that must be delivered again. */
async function observeSession(
  path: TaskPath | undefined,
  uses: readonly ToldUse[],
  ports: ObservePorts,
): Promise<readonly QueueMessage[]> {
  const { tasks, ledger, log } = ports;
  const task = path && (await tasks.read(path));
  const { own, foreign, untold } = await attributeUses(uses, task, ledger);
  const [early, late] = [foreign.filter(isEarly), foreign.filter((use) => !isEarly(use))];
  if (untold.length > 0) log.write({ level: "info", event: "uses_untold", task: path, uses: untold.length });
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
  // All uses are judged, and not the fresh ones alone: a report that failed is made when the message is delivered again.
  await ports.escalations.report([
    // Apart from the account's, so that an agent's own copies hide no session that somebody else made.
    ...late.map((use) => detectionOf("E3", use, task && mayBeCopy(use, task) ? task.path : "")),
    ...(task ? await detectIn(task, own, ports) : []),
  ]);
  return early.map(({ message }) => message);
}

/** Records that calls of these target accounts come through. What fails is done at the next call: the ledger does not wait for it. */
async function hear(uses: readonly ApiUse[], { heard, deployment, log }: ObservePorts): Promise<void> {
  const accounts = [...new Set(uses.map(({ account }) => account))];
  try {
    await heard.hear(accounts.filter((id) => accountOf(deployment, id) !== undefined));
  } catch (error) {
    log.write({ level: "warn", event: "accounts_not_heard", why: reasonOf(error) });
  }
}

const isEarly = ({ message }: ToldUse): boolean =>
  Number(message.attributes?.ApproximateReceiveCount ?? LAST_DELIVERY) < LAST_DELIVERY;

/** Logs how long after the calls their events were recorded: CloudTrail's delay, and the queue's. */
function tellLag(uses: readonly ToldUse[], { clock, log }: ObservePorts): void {
  const lags = uses.map(({ at }) => Math.max(0, Math.round(clock.nowMs() / 1_000 - at)));
  log.write({ level: "info", event: "observed", uses: uses.length, lag_seconds: Math.max(...lags) });
}
