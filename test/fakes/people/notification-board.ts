import * as v from "valibot";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import { webhookMessage } from "../../../contract/messages.ts";
import type { ApprovalRecord } from "../../../functions/core/approvals/approval-record.ts";
import type { Inbox } from "../../../functions/core/approvals/approvals.ts";
import type { Waiting } from "../../../functions/core/approvals/ballots.ts";
import type {
  Channels,
  NotificationBoard,
  NotificationQueue,
} from "../../../functions/core/approvals/notification-board.ts";
import type { NotificationMessage } from "../../../functions/core/approvals/notification-message.ts";
import type { Announced } from "../../../functions/core/approvals/notifications.ts";
import type { Channel } from "../../../functions/core/deployment/channel.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";

/** Fake queue that counts the wake-ups of `notify`. */
export class FakeNotificationQueue implements NotificationQueue {
  woken = 0;

  async wake(): Promise<void> {
    this.woken += 1;
  }
}

/** Fake board of notifications over the requests of a `FakeApprovals`, or of another store with the same three methods. */
export class FakeNotificationBoard implements NotificationBoard {
  readonly #requests: Pick<NotificationBoard, "listWaiting" | "isLive" | "record">;
  readonly #announced = new Map<string, Announced>();

  constructor(requests: Pick<NotificationBoard, "listWaiting" | "isLive" | "record">) {
    this.#requests = requests;
  }

  listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]> {
    return this.#requests.listWaiting(inbox, nowSeconds);
  }

  isLive(task: Pick<Task, "path" | "agent">): Promise<boolean> {
    return this.#requests.isLive(task);
  }

  record(id: ApprovalId): Promise<ApprovalRecord | undefined> {
    return this.#requests.record(id);
  }

  async announced(channel: string, agent: string): Promise<Announced | undefined> {
    return structuredClone(this.#announced.get(`${channel}#${agent}`));
  }

  async claim(channel: string, agent: string, before: Announced | undefined, atSeconds: number): Promise<boolean> {
    const now = this.#announced.get(`${channel}#${agent}`);
    if (now?.claimedAt !== before?.claimedAt) return false;
    this.#announced.set(`${channel}#${agent}`, { requests: {}, ...now, claimedAt: atSeconds });
    return true;
  }

  async put(channel: string, agent: string, announced: Announced): Promise<void> {
    this.#announced.set(`${channel}#${agent}`, structuredClone(announced));
  }
}

/** Fake channels that record the delivered messages. */
export class FakeChannels implements Channels {
  readonly delivered: { readonly channel: Channel; readonly id: string; readonly message: NotificationMessage }[] = [];
  before: () => void | Promise<void> = () => undefined;

  async deliver(channel: Channel, id: string, message: NotificationMessage): Promise<void> {
    v.parse(webhookMessage.entries.data, message);
    await this.before();
    this.delivered.push({ channel, id, message });
  }
}
