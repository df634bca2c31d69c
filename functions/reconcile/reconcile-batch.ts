import { isAccountId } from "../core/deployment/account-id.ts";
import type { Account, Deployment } from "../core/deployment/deployment.ts";
import type { Clock } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { UnknownOutcome } from "../core/revocation/policy-writes.ts";
import { mayBeAlive } from "../core/revocation/role-entry.ts";
import type { RevocationMessages, RoleRef } from "../core/revocation/roles.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { isTaskRole } from "../hub-names.ts";
import { MOST_TASK_ROLES } from "../names.ts";
import { type BatchAnswer, failedMessages, type QueueBatch, type QueueMessage } from "../queues/batch.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import { orLoud, type Reconciled, type ReconcilePorts, reconcile } from "./reconcile.ts";

export interface ReconcileBatchPorts extends ReconcilePorts {
  readonly deployment: Deployment;
  readonly messages: RevocationMessages;
  /** Time of this process's last snapshot that ended in a written policy, by role; epoch milliseconds. */
  readonly reconciled: Map<string, number>;
}

/**
 * Reconciles each role of the batch once, however many messages name it. Reconciles all roles at the same time, so that a role that has to wait does not
 * block the others. All messages of a role fail together, which preserves the order within the role's FIFO group.
 */
export async function reconcileBatch(event: QueueBatch, ports: ReconcileBatchPorts): Promise<BatchAnswer> {
  const roles = [...Map.groupBy(event.Records, ({ body }) => body)];
  const failed = await Promise.all(
    roles.map(async ([body, records]) => {
      try {
        // If an earlier write may still land, the messages fail too, and the role stays blocked for this writer's time.
        return (await reconcileNamed(body, records, ports)).mayLandAgain ? records : [];
      } catch (error) {
        ports.log.write({ level: "error", event: "reconcile_failed", why: reasonOf(error) });
        // After an unknown outcome the role stays blocked in the same way. Any other failure is retried sooner.
        if (!(error instanceof UnknownOutcome)) await Promise.all(records.map((record) => retrySoon(record, ports)));
        return records;
      }
    }),
  );
  return failedMessages(failed.flat());
}

async function reconcileNamed(
  body: string,
  records: readonly QueueMessage[],
  ports: ReconcileBatchPorts,
): Promise<Pick<Reconciled, "mayLandAgain">> {
  const role = await roleOf(body, ports);
  if (!role) {
    await logRefused(body, ports);
    return NOTHING;
  }
  if (isCovered(role, lastSentAtMs(records), ports)) return NOTHING;
  // The first message of the group blocks the delivery of all later ones.
  const take = () => takeRole(records[0]?.receiptHandle ?? "", ports);
  const isRepeated = records.some(({ attributes }) => Number(attributes?.ApproximateReceiveCount ?? 1) > 1);
  const beganAtMs = ports.clock.nowMs();
  const { snapshotAtMs, mayLandAgain } = await reconcile(role, { take, isRepeated }, ports).catch(async (error) => {
    await orLoud("failure_not_reported", role, () => ports.loads.reportFailure(role, beganAtMs), ports);
    throw error;
  });
  if (snapshotAtMs !== undefined) ports.reconciled.set(nameOf(role), snapshotAtMs);
  return { mayLandAgain };
}

/** Upper bound on the tasks that are logged for one message, one a line. */
const MOST_LOGGED = 20;

/**
 * Logs a message that names none of our roles, with the tasks that may have a key of the role. Their account was removed from the configuration, and
 * the hub may no longer be able to assume its revoker role.
 */
async function logRefused(body: string, { deployment, roles, clock, log }: ReconcileBatchPorts): Promise<void> {
  const { account, role } = jsonFields(body);
  const isKnown = isAccountId(account) && isRole(role, deployment);
  const nowSeconds = clock.nowMs() / 1_000;
  const entries = isKnown ? (await roles.snapshot({ account, role }, nowSeconds)).entries : [];
  const alive = entries.filter((entry) => mayBeAlive(entry, nowSeconds));
  const line = { level: "error", event: "reconcile_refused", why: "a message that names none of our roles" };
  if (alive.length === 0) log.write({ ...line, ...(isKnown ? { account, role } : {}) });
  for (const { path: task } of alive.slice(0, MOST_LOGGED)) log.write({ ...line, account, role, task });
}

const NOTHING = { mayLandAgain: false } as const;

/**
 * True where this process has written the role's policy from a snapshot younger than the messages: nothing is left to write. This drains a queue that fills
 * faster than policies may be written. The backlog is never more than some seconds of messages.
 */
const isCovered = (role: RoleRef, sentAtMs: number, { reconciled }: ReconcileBatchPorts): boolean =>
  (reconciled.get(nameOf(role)) ?? Number.NEGATIVE_INFINITY) > sentAtMs + SKEW_MS;

/** Upper bound on the difference between valetkey's clock and SQS's; milliseconds. */
const SKEW_MS = 5_000;

const nameOf = ({ account, role }: RoleRef): string => `${account}/${role}`;

/** Returns the time at which the latest of a role's messages was sent; epoch milliseconds. `NaN` where SQS does not report it for one of them. */
const lastSentAtMs = (records: readonly QueueMessage[]): number =>
  Math.max(...records.map(({ attributes }) => Number(attributes?.SentTimestamp ?? Number.NaN)));

/** Delays a message's next delivery by 2, 4, 8, 16, then 32 seconds. The role is retried within the minute, and a short outage uses up no deliveries. */
async function retrySoon(
  { receiptHandle, attributes }: QueueMessage,
  { messages, log }: ReconcileBatchPorts,
): Promise<void> {
  const attempt = Math.min(Math.max(1, Number(attributes?.ApproximateReceiveCount ?? 1)), 5);
  try {
    await messages.postpone(receiptHandle, 2 ** attempt);
  } catch (error) {
    log.write({ level: "error", event: "message_not_held", why: reasonOf(error) });
  }
}

/**
 * Finds the role that a message names; undefined for any role that valetkey must not write to, whoever sent the message. Accepts:
 * - the roles of the deployment;
 * - a role that a pool may have had before, while a recorded session of it may be alive;
 * - with organisational units, such a role of an account that was removed from the configuration.
 * The last two are logged as errors each time: `valetkey.json` has dropped a role that is in use.
 */
async function roleOf(
  body: string,
  { deployment, roles, clock, log }: ReconcileBatchPorts,
): Promise<RoleRef | undefined> {
  const { account, role } = jsonFields(body);
  const isNamed = (known: RoleRef): boolean => known.account === account && known.role === role;
  const configured = everyRole(deployment).find(isNamed);
  if (configured) return configured;
  const lost =
    everyRole({ ...deployment, accounts: deployment.accounts.map(asLargeAsCan) }).find(isNamed) ??
    inUnits({ account, role }, deployment);
  if (!lost) return undefined;
  const nowSeconds = clock.nowMs() / 1_000;
  const { entries, isWhole } = await roles.snapshot(lost, nowSeconds);
  if (isWhole && !entries.some((entry) => mayBeAlive(entry, nowSeconds))) return undefined;
  log.write({
    level: "error",
    event: "role_not_kept",
    ...lost,
    why: "valetkey.json does not say that the pool had it",
  });
  return lost;
}

/** Finds a role of an account that was removed from the configuration. With units, the hub may still assume its revoker role. */
const inUnits = ({ account, role }: Readonly<Record<string, unknown>>, deployment: Deployment): RoleRef | undefined =>
  deployment.organization && isAccountId(account) && isRole(role, deployment) ? { account, role } : undefined;

const isRole = (value: unknown, deployment: Deployment): value is string =>
  typeof value === "string" && isTaskRole(value, deployment);

const asLargeAsCan = (account: Account): Account => ({ ...account, formerTaskRoles: MOST_TASK_ROLES });

/** Time for which a writer has a role to itself after taking it, even if the writer dies; seconds. */
export const TAKEN_SECONDS = 7;

/**
 * Longest time between taking a role and the landing of its write; seconds. The write's credentials allow nothing later. The rest of
 * `TAKEN_SECONDS` allows for clocks that differ, and for a write that IAM has authorised and not carried out yet.
 */
export const LANDS_SECONDS = 4;

export interface TakingPorts {
  readonly messages: RevocationMessages;
  readonly clock: Clock;
}

/**
 * Takes a role for one write by hiding the message that requests it. A FIFO group delivers nothing more while one of its messages is hidden.
 * @returns moment until which the write may land; epoch milliseconds.
 * @throws {Error} where the message no longer belongs to this writer: another one may have the role.
 */
async function takeRole(receiptHandle: string, { messages, clock }: TakingPorts): Promise<number> {
  const atMs = clock.nowMs();
  await messages.postpone(receiptHandle, TAKEN_SECONDS);
  return atMs + LANDS_SECONDS * 1_000;
}
