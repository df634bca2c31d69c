import { randomUUID } from "node:crypto";
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { RoleMessages, RoleQueue, RoleRef } from "../core/ports.ts";

/** The FIFO queue of roles to render anew: one group for each role, so that it has one writer at a time. */
export class SqsRoles implements RoleQueue, RoleMessages {
  readonly #client = new SQSClient({ maxAttempts: 3 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async send(roles: readonly RoleRef[]): Promise<void> {
    const once = [...new Map(roles.map((role) => [groupOf(role), role])).values()];
    for (let from = 0; from < once.length; from += 10) {
      const { Failed: failed = [] } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.#url,
          Entries: once.slice(from, from + 10).map((role, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ account: role.account, role: role.role }),
            MessageGroupId: groupOf(role),
            // Never taken for a repeat: what is said is "look again", and each time it may be for something new.
            MessageDeduplicationId: randomUUID(),
          })),
        }),
      );
      if (failed.length > 0) throw new Error(`${failed.length} messages were not sent`);
    }
  }

  async hold(receiptHandle: string, seconds: number): Promise<void> {
    await this.#client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#url,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }
}

const groupOf = ({ account, role }: RoleRef): string => `${account}-${role}`;
