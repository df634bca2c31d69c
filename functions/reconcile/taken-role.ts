import type { Clock } from "../core/ports.ts";
import type { RevocationMessages } from "../core/revocation/roles.ts";

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
export async function takeRole(receiptHandle: string, { messages, clock }: TakingPorts): Promise<number> {
  const atMs = clock.nowMs();
  await messages.postpone(receiptHandle, TAKEN_SECONDS);
  return atMs + LANDS_SECONDS * 1_000;
}
