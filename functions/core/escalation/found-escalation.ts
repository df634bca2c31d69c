import type { AgentId } from "../../../contract/agent-id.ts";
import type { Configured, Done } from "../../../contract/names.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { TaskPath } from "../task-path.ts";
import type { Detection } from "./detection.ts";

/**
 * Escalation as operators see it: a detection, the recorded account, task and agent, and the response. Listed for 90
 * days, as a pointer. The proof is the journal event, which the same transaction writes.
 */
export interface FoundEscalation extends Detection {
  /** Root of the journal event that records it. */
  readonly event: string;
  /** Time at which it was recorded; epoch milliseconds. */
  readonly foundAtMs: number;
  readonly done: Done;
  /** Party for which the agent was paused, where it was. */
  readonly paused_for?: string;
  /** Stronger response that the configuration wants, where it was not made. */
  readonly wanted?: Configured;
}

/** Escalations of one rule about one agent or one account beyond the hourly limit of the list. The journal has them. */
export interface UnlistedEscalations extends Pick<FoundEscalation, "rule" | "agent" | "account"> {
  /** End of the hour; epoch milliseconds. */
  readonly untilMs: number;
}

/** Entry of the list. */
export type EscalationEntry = FoundEscalation | UnlistedEscalations;

export const isListed = (entry: EscalationEntry): entry is FoundEscalation => "event" in entry;

/**
 * Upper bound on the listed escalations of one rule about one agent in an hour. Frequent escalations of one rule thus
 * hide neither another agent's nor another rule's.
 */
export const MOST_LISTED = 10;

/** List of escalations: of all, of an agent, or of a tree of tasks. */
export type EscalationPlace = "all" | { readonly agent: AgentId } | { readonly tree: TaskPath };

/** Page of a list. */
export interface EscalationPage {
  readonly entries: readonly EscalationEntry[];
  /** Mark after which the next page begins; undefined on the last page. */
  readonly next: string | undefined;
}

/** List of escalations, which only grows. */
export interface FoundEscalations {
  /**
   * Records an escalation in the journal and the list. An event that the journal has already changes nothing.
   * @param entry listed entry: the escalation, or once the note that the hour has more of its kind.
   * @throws {Refusal} store_unavailable.
   */
  record(event: JournalEvent, entry: EscalationEntry): Promise<void>;
  /** Reads one page of a list, the latest entry first. @param after `next` of the page before. */
  list(place: EscalationPlace, after: string | undefined, most: number): Promise<EscalationPage>;
}
