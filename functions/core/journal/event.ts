import { createHash } from "node:crypto";
import { canonicalJson } from "../../../contract/canonical-json.ts";
import type { FactName, FactsOf } from "../../../contract/journal-events.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import type { TaskPath } from "../task-path.ts";

/** Value of an event's fact. The writer chooses the facts from an allow-list: never a token, a secret or a credential. */
export type Fact = string | number | boolean | null | readonly Fact[] | { readonly [name: string]: Fact | undefined };
export type Facts = { readonly [name: string]: Fact | undefined };

/** Entry of the journal: `JOURNAL#root` / `path#EVENT#n`; the journals of agents, secrets and panics have similar keys. Hash-chained. */
export interface JournalEvent {
  /** Subject: a task's path, an agent's id, a secret's name, a task role (`account/role`), or an hour. */
  readonly of: string;
  /** 1, 2, 3, ... without gaps. */
  readonly n: number;
  readonly type: EventType;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly facts: Facts;
  /** Hash of the preceding event; `""` for the first. */
  readonly previous: string;
  readonly hash: string;
}

/** End of a chain, to which the next event is linked. */
export interface ChainHead {
  readonly n: number;
  readonly hash: string;
}

export const EMPTY_CHAIN: ChainHead = { n: 0, hash: "" };

/**
 * Makes the next event of a chain. A fact that the contract does not list for the type does not compile.
 * @param at epoch milliseconds.
 */
export const nextEvent = <T extends EventType, F extends FactsOf<T>>(
  head: ChainHead,
  of: TaskPath | string,
  type: T,
  at: number,
  facts: F & Listed<F, T>,
): JournalEvent => linkEvent(head, of, type, at, facts);

/** Refuses facts that the type does not have, in an object that was spread, too. */
export type Listed<F, T extends EventType> = { readonly [K in Exclude<keyof F, FactName<T>>]: never };

/** Facts of a stored event as its reader takes them: the listed names, each value yet to be checked. */
export type ReadFacts<T extends EventType> = { readonly [K in FactName<T>]?: Fact | undefined };

/**
 * Links an event to a chain, whatever its facts: for tests, which need events of any version. Functions make events by
 * `nextEvent`. The hash covers the event's content and the preceding event's hash, so a changed or missing event is
 * detected.
 * @param at epoch milliseconds.
 */
export function linkEvent(
  head: ChainHead,
  of: TaskPath | string,
  type: EventType,
  at: number,
  facts: object,
): JournalEvent {
  const event = { of, n: head.n + 1, type, at, facts: withoutGaps(facts), previous: head.hash };
  return { ...event, hash: hashOf(event) };
}

/** Returns the end of a chain from its last event. */
export const headOf = (event: JournalEvent): ChainHead => ({ n: event.n, hash: event.hash });

/** True where the events are one unbroken chain from its first event on. */
export const isWholeChain = (events: readonly JournalEvent[]): boolean => brokenLink(events) === -1;

/** Event of any version: a type that this version does not know has a hash too. */
export type LinkedEvent = Omit<JournalEvent, "type"> & { readonly type: string };

/** Index of the first event that its number, its hash or the preceding event's hash does not fit; -1 where all fit. */
export const brokenLink = (events: readonly LinkedEvent[]): number =>
  events.findIndex((event, index) => {
    const { hash, ...rest } = event;
    const before = events[index - 1];
    return event.n !== index + 1 || event.previous !== (before?.hash ?? "") || hash !== hashOf(rest);
  });

/** True where the event's hash is that of its content. */
export const hasOwnHash = ({ hash, ...event }: LinkedEvent): boolean => hash === hashOf(event);

const hashOf = (event: Omit<LinkedEvent, "hash">): string =>
  createHash("sha256").update(canonicalJson(event)).digest("base64url");

/** Removes names without a value, as the store does. The hash then covers exactly the facts that are read back. */
const withoutGaps = (facts: object): Facts => JSON.parse(JSON.stringify(facts));

/** Returns the facts of an event of this type; undefined for an event of another type. */
export const factsOf = <T extends EventType>({ type, facts }: LinkedEvent, wanted: T): ReadFacts<T> | undefined =>
  type === wanted ? (facts as ReadFacts<T>) : undefined;
