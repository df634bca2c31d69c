import type { ApprovalRecord } from "./approval-record.ts";

/** Shortest time between two messages about one agent in one channel; seconds. */
export const NOTIFICATION_SECONDS = 60;

/** Request that waits, as far as people are notified of it. Times are epoch seconds. */
export type WaitingRequest = Pick<ApprovalRecord, "id" | "created_at" | "expires_at">;

/** Messages about one agent in one channel: when the last one was claimed, and how often each request was announced. */
export interface Announced {
  /** Time at which a run last reserved the sending of a message; epoch seconds. */
  readonly claimedAt: number;
  /** Announcements by the request's id: how many messages named it (the first one, the reminder), and when it expires. */
  readonly requests: Readonly<Record<string, { readonly times: number; readonly expiresAt: number }>>;
  /** Time of the last message that could not be delivered, unless a later one was delivered; epoch seconds. */
  readonly failedAt?: number;
}

/** Standing approval with its latest use, for a message to people. */
export interface UsedStanding<R> {
  readonly record: R;
  /** Number of the use: 1 or more. */
  readonly use: number;
  /** End of the window; epoch seconds. */
  readonly until: number;
}

/** Content of a message that is due: new requests, reminders, and uses of standing approvals. */
export interface DueNotification<R> {
  readonly fresh: readonly R[];
  readonly reminders: readonly R[];
  readonly uses: readonly UsedStanding<R>[];
}

/** Returns the name of a use in `Announced.requests`. */
const nameOfUse = ({ record, use }: UsedStanding<WaitingRequest>): string => `${record.id}#${use}`;

/**
 * Selects the content of one message about an agent, at most one message a minute. Each request gets one reminder, at
 * half of its time. Each use of a standing approval is named once, of several uses the latest.
 * @param nowSeconds epoch seconds.
 * @returns undefined where no message is due.
 */
export function dueNotification<R extends WaitingRequest>(
  waiting: readonly R[],
  announced: Announced | undefined,
  nowSeconds: number,
  used: readonly UsedStanding<R>[] = [],
): DueNotification<R> | undefined {
  if (announced && nowSeconds < announced.claimedAt + NOTIFICATION_SECONDS) return undefined;
  const timesOf = ({ id }: R): number => announced?.requests[id]?.times ?? 0;
  const open = waiting.filter(({ expires_at: expiresAt }) => nowSeconds < expiresAt);
  const fresh = open.filter((each) => timesOf(each) === 0);
  const reminders = open.filter((each) => timesOf(each) === 1 && nowSeconds >= (each.created_at + each.expires_at) / 2);
  const uses = used.filter((each) => nowSeconds < each.until && !announced?.requests[nameOfUse(each)]);
  return fresh.length + reminders.length + uses.length === 0 ? undefined : { fresh, reminders, uses };
}

/** Records that a message named these requests, and drops those that have expired. */
export function announcedWith<R extends WaitingRequest>(
  announced: Announced | undefined,
  { fresh, reminders, uses }: DueNotification<R>,
  nowSeconds: number,
): Announced {
  const unexpired = Object.entries(announced?.requests ?? {}).filter(([, { expiresAt }]) => nowSeconds < expiresAt);
  const named = [
    ...fresh.map(({ id, expires_at: expiresAt }) => [id, { times: 1, expiresAt }] as const),
    ...reminders.map(({ id, expires_at: expiresAt }) => [id, { times: 2, expiresAt }] as const),
    ...uses.map((each) => [nameOfUse(each), { times: 1, expiresAt: each.until }] as const),
  ];
  return { claimedAt: nowSeconds, requests: Object.fromEntries([...unexpired, ...named]) };
}
