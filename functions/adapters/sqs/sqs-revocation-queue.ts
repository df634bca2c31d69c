import { randomUUID } from "node:crypto";
import type { RevocationMessages, RevocationQueue, RoleRef } from "../../core/revocation/roles.ts";
import { SqsQueue } from "./sqs-queue.ts";

/**
 * FIFO queue of roles whose policy must be rendered again. Each role has a group of its own, so that a role has one
 * writer at a time.
 */
export class SqsRevocationQueue implements RevocationQueue, RevocationMessages {
  readonly #queue: SqsQueue;

  constructor(url: string) {
    this.#queue = new SqsQueue(url);
  }

  send(roles: readonly RoleRef[]): Promise<void> {
    const once = [...new Map(roles.map((role) => [groupOf(role), role])).values()];
    return this.#queue.send(
      once.map((role) => ({
        MessageBody: JSON.stringify({ account: role.account, role: role.role }),
        MessageGroupId: groupOf(role),
        // Unique, so that SQS drops no message as a repeat: each one may be about a new ending.
        MessageDeduplicationId: randomUUID(),
      })),
    );
  }

  postpone(receiptHandle: string, seconds: number): Promise<void> {
    return this.#queue.postpone(receiptHandle, seconds);
  }
}

const groupOf = ({ account, role }: RoleRef): string => `${account}-${role}`;
