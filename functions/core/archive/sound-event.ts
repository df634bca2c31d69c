import { type EventType, hasOwnHash } from "../journal/event.ts";
import type { ArchivedEvent, JournalName } from "./entry.ts";
import { ISSUER_KEY } from "./issuer-key.ts";
import { RESTORED } from "./restored-entry.ts";

/** Refusals, which every function that answers requests writes. */
const REFUSALS = ["operation.refused", "task.refused"] as const;

/** Journals of single events, each a chain of its own, with the types of their events. */
const SINGLE: Partial<Record<JournalName, readonly EventType[]>> = {
  reads: REFUSALS,
  approvals: ["approval.voted", "approval.denied", "approval.withdrawn", ...REFUSALS],
};

/**
 * True for an event that the table's journals can give the log. Its hash is that of its content. A journal of single
 * events holds first events of its own types alone, so that a function that only reads cannot leave a gap in the log,
 * or an act that nobody did. The archive alone reports restores and issuers' keys. By a restore, an attacker in the collector could
 * excuse two contents of one number; by a key, frame a person.
 */
export function isSound({ journal, ...event }: ArchivedEvent): boolean {
  const { type, n, previous } = event;
  const types: readonly string[] | undefined = SINGLE[journal];
  const fits = types === undefined || (n === 1 && previous === "" && types.includes(type));
  return type !== RESTORED && type !== ISSUER_KEY && fits && hasOwnHash(event);
}
