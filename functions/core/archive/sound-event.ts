import { EVENT_TYPES, isEventType, type JournalName } from "../../../contract/journal-types.ts";
import { hasOwnHash } from "../journal/event.ts";
import type { ArchivedEvent } from "./entry.ts";
import { ISSUER_KEY } from "./issuer-key.ts";
import { RESTORED } from "./restored-entry.ts";

/** Journals of single events, each a chain of its own. */
const SINGLE: readonly JournalName[] = ["reads", "approvals", "uses"];

/**
 * True for an event that the table's journals can give the log. Its hash is that of its content. A journal of single
 * events holds first events of its own types alone, so that a function that only reads or observes cannot leave a gap in the log,
 * or an act that nobody did. The archive alone reports restores and issuers' keys. By a restore, an attacker in the collector could
 * excuse two contents of one number; by a key, frame a person.
 */
export function isSound({ journal, ...event }: ArchivedEvent): boolean {
  const { type, n, previous } = event;
  const fits = !SINGLE.includes(journal) || (n === 1 && previous === "" && isOf(journal, type));
  return type !== RESTORED && type !== ISSUER_KEY && fits && hasOwnHash(event);
}

const isOf = (journal: JournalName, type: string): boolean =>
  isEventType(type) && (EVENT_TYPES[type].in as readonly JournalName[]).includes(journal);
