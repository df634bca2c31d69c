import type { Deployment } from "../core/deployment.ts";
import type { RoleRef } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";
import { everyRole } from "../steps/every-role.ts";
import { type ReconcilePorts, reconcile } from "./reconcile.ts";

/** What SQS hands over: up to ten messages, in order within a group. */
export interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Messages that are to be tried again. For a FIFO queue, that is the first failure and everything behind it. */
export interface QueueAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/** Every role of the batch once, however many messages ask for it. */
export async function reconcileBatch(
  event: QueueEvent,
  ports: ReconcilePorts & { readonly deployment: Deployment },
): Promise<QueueAnswer> {
  const done = new Set<string>();
  for (const [index, { body }] of event.Records.entries()) {
    if (done.has(body)) continue;
    try {
      const role = parseRole(body, ports.deployment);
      if (role) await reconcile(role, ports);
      else
        ports.log.write({ level: "error", event: "reconcile_refused", why: "a message that names none of our roles" });
      done.add(body);
    } catch (error) {
      ports.log.write({ level: "error", event: "reconcile_failed", why: reasonOf(error) });
      return { batchItemFailures: event.Records.slice(index).map(({ messageId }) => ({ itemIdentifier: messageId })) };
    }
  }
  return { batchItemFailures: [] };
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
