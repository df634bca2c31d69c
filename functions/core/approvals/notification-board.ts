import type { AgentId } from "../../../contract/agent-id.ts";
import type { ApprovalId } from "../../../contract/approval-id.ts";
import type { Channel } from "../deployment/channel.ts";
import type { Task } from "../tasks/task.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import type { Inbox } from "./approvals.ts";
import type { Waiting } from "./ballots.ts";
import type { NotificationMessage } from "./notification-message.ts";
import type { Announced } from "./notifications.ts";

/** Records of `notify`, the only function that notifies people: it reads requests, and can decide nothing about them. */
export interface NotificationBoard {
  /** Lists the requests that wait for a group, and its standing approvals, as `Ballots.listWaiting` does. */
  listWaiting(inbox: Inbox, nowSeconds: number): Promise<readonly Waiting[]>;
  /** True where the agent's list of live tasks contains the task, strongly read (`Tasks.isAlive`). The task's record is not read. */
  isLive(task: Pick<Task, "path" | "agent">): Promise<boolean>;
  /** Reads a request's record; undefined where it is missing or cannot be read. */
  record(id: ApprovalId): Promise<ApprovalRecord | undefined>;
  /** Reads which requests of an agent were announced in a channel, strongly. */
  announced(channel: string, agent: AgentId): Promise<Announced | undefined>;
  /**
   * Reserves the next message for this run: true where no other run has done so since `before` was read.
   * @param atSeconds epoch seconds.
   */
  claim(channel: string, agent: AgentId, before: Announced | undefined, atSeconds: number): Promise<boolean>;
  /** Records the announced requests, after a claim. */
  put(channel: string, agent: AgentId, announced: Announced): Promise<void>;
}

/** Delivers messages to people. */
export interface Channels {
  /**
   * Delivers a message.
   * @param id the same for each attempt at one message, by which a receiver recognises a repeat.
   * @throws {Error} where the channel did not accept the message. The error's text contains no secret.
   */
  deliver(channel: Channel, id: string, message: NotificationMessage): Promise<void>;
}

/** Queue that wakes `notify` when a request was recorded. */
export interface NotificationQueue {
  wake(): Promise<void>;
}
