import type { Deployment } from "../core/deployment.ts";
import type { RoleRef } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { everyRole } from "../steps/every-role.ts";
import { type ReconcilePorts, reconcile } from "./reconcile.ts";

/** What SQS hands over: up to ten messages, in order within a group. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Messages that are to be tried again. */
export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * Every role of the batch once, however many messages ask for it, and all of them at the same time: one that has to wait keeps no other. Order
 * is kept where there is one, within a role's group: all messages of a role fail together.
 */
export async function reconcileBatch(
  event: QueueEvent,
  ports: ReconcilePorts & { readonly deployment: Deployment },
): Promise<QueueAnswer> {
  const roles = [...Map.groupBy(event.Records, ({ body }) => body)];
  const failed = await Promise.all(
    roles.map(async ([body, records]) => ((await isReconciled(body, ports)) ? [] : records)),
  );
  return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function isReconciled(
  body: string,
  ports: ReconcilePorts & { readonly deployment: Deployment },
): Promise<boolean> {
  try {
    const role = parseRole(body, ports.deployment);
    if (role) await reconcile(role, ports);
    else ports.log.write({ level: "error", event: "reconcile_refused", why: "a message that names none of our roles" });
    return true;
  } catch (error) {
    ports.log.write({ level: "error", event: "reconcile_failed", why: reasonOf(error) });
    return false;
  }
}

/** Only a role of a configured pool is ever written to, whoever put the message into the queue. */
function parseRole(body: string, deployment: Deployment): RoleRef | undefined {
  const message: unknown = safeJson(body);
  const { account, role } = (typeof message === "object" && message !== null ? message : {}) as Partial<RoleRef>;
  return everyRole(deployment).find((known) => known.account === account && known.role === role);
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
