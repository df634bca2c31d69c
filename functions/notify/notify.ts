import { createHash } from "node:crypto";
import type { AgentId } from "../../contract/agent-id.ts";
import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import type { Waiting } from "../core/approvals/ballots.ts";
import { livingRequests } from "../core/approvals/living-requests.ts";
import type { Channels, NotificationBoard } from "../core/approvals/notification-board.ts";
import { notificationMessage } from "../core/approvals/notification-message.ts";
import {
  type Announced,
  announcedWith,
  type DueNotification,
  dueNotification,
  type UsedStanding,
} from "../core/approvals/notifications.ts";
import { atOnce } from "../core/at-once.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { Clock, Log } from "../core/ports.ts";
import { reasonOf } from "../core/refusal.ts";

export interface NotifyPorts {
  readonly deployment: Pick<Deployment, "approvers" | "notify" | "console">;
  readonly notificationBoard: NotificationBoard;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly log: Log;
}

/** Messages that are delivered at the same time, so that a slow channel delays no other for long. */
const AT_ONCE = 5;

/**
 * Processes the groups' inboxes: announces new requests in each channel, and sends one reminder at half of their time. A channel gets one message a minute
 * about one agent. Runs when a request was recorded, and each minute. After a failed delivery an alarm rings, and the message is retried the next minute.
 * The request's time runs on.
 */
export async function notify({ deployment, ...ports }: NotifyPorts): Promise<void> {
  const { approvers = [], notify: channels = {}, console: pages } = deployment;
  const notified = approvers.filter(({ notify }) => notify.length > 0);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const isLive = eachOnce(ports.notificationBoard.isLive.bind(ports.notificationBoard), ({ path }) => path);
  const inboxes = await Promise.all(
    notified.map(async ({ issuer, name, notify }) => {
      const listed = await ports.notificationBoard.listWaiting({ issuer, group: name }, nowSeconds);
      const uses = listed.filter(({ use }) => use !== undefined);
      const requests = await livingRequests(listed, isLive);
      return { channels: notify, requests, waiting: [...requests, ...uses] };
    }),
  );
  const waiting = new Set(inboxes.flatMap(({ requests }) => requests.map(({ id }) => id)));
  if (waiting.size > 0) ports.log.write({ level: "info", event: "waiting", requests: waiting.size });
  const records = eachOnce(ports.notificationBoard.record.bind(ports.notificationBoard), (id) => id);
  const about = inboxes.flatMap(({ channels: names, waiting }) =>
    names.flatMap((channel) => [...new Set(waiting.map(({ agent }) => agent))].map((agent) => ({ channel, agent }))),
  );
  const distinct = [...new Map(about.map((each) => [`${each.channel}#${each.agent}`, each])).values()];
  await atOnce(AT_ONCE, distinct, async ({ channel, agent }) => {
    const waiting = inboxes.flatMap((inbox) =>
      inbox.channels.includes(channel) ? inbox.waiting.filter((each) => each.agent === agent) : [],
    );
    const to = channels[channel];
    if (to && pages) await announce({ name: channel, to, agent, waiting, pages: pages.url }, { ...ports, records });
  });
}

type ReadRecord = NotificationBoard["record"];

/** Reads each thing once in a run, however many groups and channels are notified of it. */
function eachOnce<K, T>(read: (about: K) => Promise<T>, nameOf: (about: K) => string): (about: K) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (about) => {
    const found = known.get(nameOf(about)) ?? read(about);
    known.set(nameOf(about), found);
    return found;
  };
}

interface Announcement {
  readonly name: string;
  readonly to: NonNullable<Deployment["notify"]>[string];
  readonly agent: AgentId;
  readonly waiting: readonly Waiting[];
  readonly pages: string;
}

async function announce(
  { name, to, agent, waiting, pages }: Announcement,
  {
    notificationBoard,
    channels,
    clock,
    log,
    records: read,
  }: Omit<NotifyPorts, "deployment"> & { readonly records: ReadRecord },
): Promise<void> {
  const nowSeconds = Math.floor(clock.nowMs() / 1_000);
  const before = await notificationBoard.announced(name, agent);
  const requests = waiting.filter(({ id, use }) => use === undefined && (before?.requests[id]?.times ?? 0) < 2);
  const ids = [...new Set(requests.map(({ id }) => id))];
  const records = (await Promise.all(ids.map((id) => read(id)))).flatMap((record) => record ?? []);
  const due = dueNotification(records, before, nowSeconds, await usesOf(waiting, before, read));
  const message = due && notificationMessage(due, pages);
  if (!due || !message || !(await notificationBoard.claim(name, agent, before, nowSeconds))) return;
  try {
    await channels.deliver(to, messageId(name, due), message);
    await notificationBoard.put(name, agent, announcedWith(before, due, nowSeconds));
    log.write({
      level: "info",
      event: "notified",
      channel: name,
      agent,
      fresh: due.fresh.length,
      reminders: due.reminders.length,
      uses: due.uses.length,
    });
  } catch (error) {
    log.write({ level: "error", event: "notice_failed", channel: name, agent, why: reasonOf(error) });
    await notificationBoard.put(name, agent, { requests: {}, ...before, claimedAt: nowSeconds, failedAt: nowSeconds });
  }
}

/** Reads the standing approvals whose latest use was not announced. Reads each once, even if several groups gave it. */
async function usesOf(
  waiting: readonly Waiting[],
  before: Announced | undefined,
  read: ReadRecord,
): Promise<readonly UsedStanding<ApprovalRecord>[]> {
  const latest = new Map(
    waiting.flatMap(({ id, use, expiresAt }) =>
      use === undefined || before?.requests[`${id}#${use}`] ? [] : [[id, { use, until: expiresAt }] as const],
    ),
  );
  const uses = [...latest].map(async ([id, about]) => {
    const record = await read(id);
    return record ? [{ record, ...about }] : [];
  });
  return (await Promise.all(uses)).flat();
}

/** Names a message by its channel and requests, so that a receiver recognises one that was delivered twice. */
const messageId = (channel: string, { fresh, reminders, uses }: DueNotification<ApprovalRecord>): string =>
  createHash("sha256")
    .update(
      [
        channel,
        ...fresh.map(({ id }) => id),
        "|",
        ...reminders.map(({ id }) => id),
        ...uses.map(({ record, use }) => `${record.id}#${use}`),
      ].join("\n"),
    )
    .digest("base64url");
