import type { Clock } from "../core/ports.ts";
import type { RoleMessages } from "../core/revocation/role-queue.ts";

/**
 * A writer has a role for so long once it has taken it, whatever becomes of the writer; seconds. No other is given it before.
 */
export const TAKEN_SECONDS = 7;

/**
 * A write lands at most this long after the taking, or never: the credentials of the write allow nothing later; seconds. What is left until the role is given to
 * the next is for clocks that differ, and for what IAM has allowed and not done yet.
 */
export const LANDS_SECONDS = 4;

export interface TakingPorts {
  readonly messages: RoleMessages;
  readonly clock: Clock;
}

/**
 * Takes a role for one write, by the message that asks for it: a FIFO group gives nothing more while one of its messages is out.
 * @returns until when the write may land; epoch milliseconds.
 * @throws {Error} where the message is this writer's no more: then the role may be another's.
 */
export async function takeRole(receiptHandle: string, { messages, clock }: TakingPorts): Promise<number> {
  const atMs = clock.nowMs();
  await messages.postpone(receiptHandle, TAKEN_SECONDS);
  return atMs + LANDS_SECONDS * 1_000;
}
