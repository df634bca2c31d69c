import type { Account, Deployment } from "../core/deployment/deployment.ts";
import { reasonOf } from "../core/refusal.ts";
import { mayBeAlive } from "../core/revocation/role-entry.ts";
import type { RoleMessages } from "../core/revocation/role-queue.ts";
import type { RoleRef } from "../core/revocation/role-ref.ts";
import { UnknownOutcome } from "../core/revocation/unknown-outcome.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import { MOST_TASK_ROLES } from "../names.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import { type Reconciled, type ReconcilePorts, reconcile } from "./reconcile.ts";
import { takeRole } from "./taken-role.ts";

/** What SQS hands over: up to ten messages, in order within a group. */
export interface QueueEvent {
  readonly Records: readonly QueueRecord[];
}
interface QueueRecord {
  readonly messageId: string;
  readonly body: string;
  readonly receiptHandle: string;
  readonly attributes?: { readonly ApproximateReceiveCount?: string; readonly SentTimestamp?: string };
}

/** Messages that are to be tried again. */
export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface ReconcileBatchPorts extends ReconcilePorts {
  readonly deployment: Deployment;
  readonly messages: RoleMessages;
  /** When this process last read the record for a policy that it wrote, by role; epoch milliseconds. */
  readonly reconciled: Map<string, number>;
}

/**
 * Every role of the batch once, however many messages ask for it, and all of them at the same time: one that has to wait keeps no other. Order
 * is kept where there is one, within a role's group: all messages of a role fail together.
 */
export async function reconcileBatch(event: QueueEvent, ports: ReconcileBatchPorts): Promise<QueueAnswer> {
  const roles = [...Map.groupBy(event.Records, ({ body }) => body)];
  const failed = await Promise.all(
    roles.map(async ([body, records]) => {
      try {
        // Of a write that may land again the role is left alone for as long as it was taken.
        return (await reconcileNamed(body, records, ports)).mayLandAgain ? records : [];
      } catch (error) {
        ports.log.write({ level: "error", event: "reconcile_failed", why: reasonOf(error) });
        // So it is where it may have landed, or not.
        if (!(error instanceof UnknownOutcome))
          await Promise.all(records.map((record) => comeAgainSoon(record, ports)));
        return records;
      }
    }),
  );
  return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function reconcileNamed(
  body: string,
  records: readonly QueueRecord[],
  ports: ReconcileBatchPorts,
): Promise<Pick<Reconciled, "mayLandAgain">> {
  const role = await roleOf(body, ports);
  if (!role) {
    ports.log.write({ level: "error", event: "reconcile_refused", why: "a message that names none of our roles" });
    return NOTHING;
  }
  if (isCovered(role, lastAskedAtMs(records), ports)) return NOTHING;
  // The first of its group: behind it none is given out.
  const take = () => takeRole(records[0]?.receiptHandle ?? "", ports);
  const isRepeated = records.some(({ attributes }) => Number(attributes?.ApproximateReceiveCount ?? 1) > 1);
  const { snapshotAtMs, mayLandAgain } = await reconcile(role, { take, isRepeated }, ports);
  if (snapshotAtMs !== undefined) ports.reconciled.set(nameOf(role), snapshotAtMs);
  return { mayLandAgain };
}

const NOTHING = { mayLandAgain: false } as const;

/**
 * Whether this process has written the role's policy since that was asked for, so that it says already what there is to say. So a queue that fills
 * faster than policies may be written is worked off, and what waits in it is never more than comes in some seconds.
 */
const isCovered = (role: RoleRef, askedAtMs: number, { reconciled }: ReconcileBatchPorts): boolean =>
  (reconciled.get(nameOf(role)) ?? Number.NEGATIVE_INFINITY) > askedAtMs + SKEW_MS;

/** Our clock and SQS's differ by less than this. */
const SKEW_MS = 5_000;

const nameOf = ({ account, role }: RoleRef): string => `${account}/${role}`;

/** Of messages for one role; `NaN` where SQS does not say when one of them was sent. */
const lastAskedAtMs = (records: readonly QueueRecord[]): number =>
  Math.max(...records.map(({ attributes }) => Number(attributes?.SentTimestamp ?? Number.NaN)));

/** In 2 s, 4 s, 8 s ...: within the minute, and not so often that a short outage of IAM uses up its attempts. */
async function comeAgainSoon(
  { receiptHandle, attributes }: QueueRecord,
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
 * The role that a message names. Only one that is kept is ever written to, whoever put the message into the queue; and one that a pool must have
 * had before, as long as something is recorded there that may live: whoever made the pool smaller and did not say so is told, each time.
 */
async function roleOf(
  body: string,
  { deployment, roles, clock, log }: ReconcileBatchPorts,
): Promise<RoleRef | undefined> {
  const { account, role } = jsonFields(body);
  const isNamed = (known: RoleRef): boolean => known.account === account && known.role === role;
  const kept = everyRole(deployment).find(isNamed);
  if (kept) return kept;
  const lost = everyRole({ accounts: deployment.accounts.map(asLargeAsCan) }).find(isNamed);
  if (!lost) return undefined;
  const nowSeconds = clock.nowMs() / 1_000;
  const { entries, isWhole } = await roles.snapshot(lost, nowSeconds);
  if (isWhole && !entries.some((entry) => mayBeAlive(entry, nowSeconds))) return undefined;
  log.write({
    level: "error",
    event: "role_not_kept",
    ...lost,
    why: "formerTaskRoles does not say that the pool had it",
  });
  return lost;
}

const asLargeAsCan = (account: Account): Account => ({ ...account, formerTaskRoles: MOST_TASK_ROLES });
