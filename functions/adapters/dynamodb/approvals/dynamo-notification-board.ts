import type { AgentId } from "../../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../../contract/approval-id.ts";
import type { ApprovalRecord } from "../../../core/approvals/approval-record.ts";
import type { Inbox } from "../../../core/approvals/approvals.ts";
import type { Waiting } from "../../../core/approvals/ballots.ts";
import type { NotificationBoard } from "../../../core/approvals/notification-board.ts";
import type { Announced } from "../../../core/approvals/notifications.ts";
import { defined } from "../../../core/defined.ts";
import type { Task } from "../../../core/tasks/task.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { DynamoTable } from "../table/dynamo-table.ts";
import { readRequest, readWaiting } from "./approval-items.ts";

/** Time for which announcements are recorded, longer than any request waits; seconds. */
const KEPT_SECONDS = 2 * 86_400;

/** Records of `notify` in the one table: `NOTICE#channel` / `agent`. */
export class DynamoNotificationBoard implements NotificationBoard {
  readonly #table: DynamoTable;

  constructor(table: DynamoTable) {
    this.#table = table;
  }

  listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]> {
    return readWaiting(this.#table, inbox, nowSeconds);
  }

  async isLive({ agent, path }: Pick<Task, "path" | "agent">): Promise<boolean> {
    return (await this.#table.get(keys.live(agent, path))) !== undefined;
  }

  record(id: ApprovalId): Promise<ApprovalRecord | undefined> {
    return readRequest(this.#table, id);
  }

  async announced(channel: string, agent: AgentId): Promise<Announced | undefined> {
    const item = await this.#table.get(keys.notice(channel, agent));
    if (!item) return undefined;
    const { claimedAt, requests, failedAt } = item;
    return {
      claimedAt: Number(claimedAt),
      requests: (requests ?? {}) as Announced["requests"],
      ...(failedAt === undefined ? {} : { failedAt: Number(failedAt) }),
    };
  }

  claim(channel: string, agent: AgentId, before: Announced | undefined, atSeconds: number): Promise<boolean> {
    return this.#table.update(keys.notice(channel, agent), {
      set: "SET #claimedAt = :at, #ttl = :ttl",
      where: before ? "#claimedAt = :before" : "attribute_not_exists(#claimedAt)",
      names: { claimedAt: "claimedAt", ttl: "ttl" },
      values: { at: atSeconds, before: before?.claimedAt, ttl: atSeconds + KEPT_SECONDS },
    });
  }

  async put(channel: string, agent: AgentId, { claimedAt, requests, failedAt }: Announced): Promise<void> {
    await this.#table.write(keys.notice(channel, agent), {
      claimedAt,
      requests,
      ttl: claimedAt + KEPT_SECONDS,
      ...defined({ failedAt }),
    });
  }
}
