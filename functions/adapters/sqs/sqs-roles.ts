import { randomUUID } from "node:crypto";
import type { RoleMessages, RoleQueue } from "../../core/revocation/role-queue.ts";
import type { RoleRef } from "../../core/revocation/role-ref.ts";
import { SqsQueue } from "./sqs-queue.ts";

/** The FIFO queue of roles to render anew: one group for each role, so that it has one writer at a time. */
export class SqsRoles implements RoleQueue, RoleMessages {
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
        // Never taken for a repeat: what is said is "look again", and each time it may be for something new.
        MessageDeduplicationId: randomUUID(),
      })),
    );
  }

  postpone(receiptHandle: string, seconds: number): Promise<void> {
    return this.#queue.postpone(receiptHandle, seconds);
  }
}

const groupOf = ({ account, role }: RoleRef): string => `${account}-${role}`;
