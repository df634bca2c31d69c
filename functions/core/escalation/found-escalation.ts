import type { Containment } from "../deployment/escalation-rules.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/**
 * Escalation as operators are shown it: a detection, whom it is about by the record, and the response. A place to look, for 90 days: the event of the
 * journal, which is written in the same transaction, is what proves it.
 */
export interface FoundEscalation extends Detection {
  /** Root of the journal event that records it. */
  readonly event: string;
  /** Time at which it was recorded; epoch milliseconds. */
  readonly foundAtMs: number;
  readonly done: Containment;
  /** Response that the configuration wants, where that is more. */
  readonly wanted?: Containment;
}

/** Escalations of one rule about one agent, or one account, that are not listed: the hour had too many. The journal has them. */
export interface UnlistedEscalations extends Pick<FoundEscalation, "rule" | "agent" | "account"> {
  /** End of the hour; epoch milliseconds. */
  readonly untilMs: number;
}

/** Entry of the list. */
export type EscalationEntry = FoundEscalation | UnlistedEscalations;

export const isListed = (entry: EscalationEntry): entry is FoundEscalation => "event" in entry;

/** Most escalations of one rule about one agent that are listed for an hour: whoever makes a rule fire often hides neither another agent's nor another rule's. */
export const MOST_LISTED = 10;

/** Place in which escalations are listed: of everybody, of an agent, or of a tree of tasks. */
export type EscalationPlace = "all" | { readonly agent: string } | { readonly tree: TaskPath };

/** Page of a list. */
export interface EscalationPage {
  readonly entries: readonly EscalationEntry[];
  /** Mark after which the next page begins; undefined where there is none. */
  readonly next: string | undefined;
}

/** List of escalations: only added to. */
export interface FoundEscalations {
  /**
   * Records an escalation in the journal and the list; an event that the journal has already changes nothing.
   * @param entry what is listed: the escalation, or that the hour has more of its kind, which is said once.
   * @throws {Refusal} store_unavailable.
   */
  record(event: JournalEvent, entry: EscalationEntry): Promise<void>;
  /** Reads one page of a place's list, the latest first. @param after `next` of the page before. */
  list(place: EscalationPlace, after: string | undefined, most: number): Promise<EscalationPage>;
}
