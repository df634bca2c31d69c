import { createHash } from "node:crypto";
import type { TaskPath } from "../tasks/path.ts";
import { canonicalJson } from "../text/canonical-json.ts";

/** What happened, in the words that the docs, the metrics and the tests use. */
export type EventType =
  | "task.opened"
  | "task.refused"
  | "task.ended"
  | "task.token_issued"
  | "presentation.issued"
  | "presentation.revoked"
  | "delegation.issued"
  | "delegation.revoked"
  | "lease.renewed"
  | "lease.revoked"
  | "agent.registered"
  | "agent.suspended"
  | "agent.resumed"
  | "agent.changed"
  | "agent.confirmed"
  | "agent.unconfirmed_warning"
  | "agent.offboarding"
  | "panic.declared"
  | "panic.lifted"
  | "secret.rotation_asked"
  | "secret.rotated"
  | "secret.rotation_declined"
  | "operation.refused"
  | "event.taken"
  | "event.refused"
  | "agent.unbound"
  | "agent.tasks_listed"
  | "agent.offboarded";

/** Values that can stand in an event: an allow-list of shapes, chosen by the code that writes it. Never a token, a secret or a credential. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact | undefined };
export type Facts = { readonly [name: string]: Fact | undefined };

/** One entry of the journal: `JOURNAL#root` / `path#EVENT#n`, or the like in the journal of agents, secrets or panics. Hash-chained. */
export interface JournalEvent {
  /** What it is about: a task's path, an agent's id, or a secret's name. */
  readonly of: string;
  /** 1, 2, 3, ... without gaps. */
  readonly n: number;
  readonly type: EventType;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly facts: Facts;
  /** The hash of the event before, or `""` for the first. */
  readonly previous: string;
  readonly hash: string;
}

/** The end of a chain: what the next event is linked to. */
export interface ChainHead {
  readonly n: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { n: 0, hash: "" };

/** The next event of a chain. Its hash covers everything in it and the event before, so none can be changed or left out unseen. */
export function linkEvent(
  head: ChainHead,
  of: TaskPath | string,
  type: EventType,
  at: number,
  facts: Facts,
): JournalEvent {
  const event = { of, n: head.n + 1, type, at, facts: withoutGaps(facts), previous: head.hash };
  return { ...event, hash: hashOf(event) };
}

export const headOf = (event: JournalEvent): ChainHead => ({ n: event.n, hash: event.hash });

/** Whether the events are one whole chain from its first event on. */
export const isWholeChain = (events: readonly JournalEvent[]): boolean =>
  events.every((event, index) => {
    const { hash, ...rest } = event;
    const before = events[index - 1];
    return event.n === index + 1 && event.previous === (before?.hash ?? "") && hash === hashOf(rest);
  });

const hashOf = (event: Omit<JournalEvent, "hash">): string =>
  createHash("sha256").update(canonicalJson(event)).digest("base64url");

/** Facts as a store will give them back: a name without a value is not there. */
const withoutGaps = (facts: Facts): Facts => JSON.parse(JSON.stringify(facts));
