import type { Detection } from "../../../functions/core/escalation/detection.ts";
import {
  type EscalationEntry,
  type EscalationPage,
  type EscalationPlace,
  type FoundEscalations,
  isListed,
} from "../../../functions/core/escalation/found-escalation.ts";
import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import type { Journal } from "../../../functions/core/journal/journal.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { rootOf } from "../../../functions/core/task-path.ts";

/** Fake list of escalations, in memory. */
export class FakeFoundEscalations implements FoundEscalations {
  readonly entries = new Map<string, EscalationEntry>();
  readonly #journal: Journal;
  before: (method: string) => void | Promise<void> = () => undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  async record(event: JournalEvent, entry: EscalationEntry): Promise<void> {
    await this.before("record");
    try {
      await this.#journal.append(event);
    } catch (error) {
      if (error instanceof Refusal && error.code === "contended") return;
      throw error;
    }
    const mark = markOf(entry);
    if (!this.entries.has(mark)) this.entries.set(mark, entry);
  }

  async list(place: EscalationPlace, after: string | undefined, most: number): Promise<EscalationPage> {
    await this.before("list");
    const found = [...this.entries]
      .filter(([mark, entry]) => isIn(place, entry) && (after === undefined || mark < after))
      .sort(([one], [other]) => (one < other ? 1 : -1));
    const page = found.slice(0, most);
    return { entries: page.map(([, entry]) => entry), next: found.length > most ? page.at(-1)?.[0] : undefined };
  }
}

const markOf = (entry: EscalationEntry): string => {
  const [atMs, rest] = isListed(entry)
    ? [entry.foundAtMs, entry.id]
    : [entry.untilMs, `${entry.rule}#${entry.agent ?? entry.account}`];
  return `${String(atMs).padStart(15, "0")}#${rest}`;
};

function isIn(place: EscalationPlace, entry: EscalationEntry): boolean {
  if (place === "all") return true;
  if ("agent" in place) return entry.agent === place.agent;
  const { task }: Partial<Detection> = isListed(entry) ? entry : {};
  return task !== undefined && rootOf(task) === rootOf(place.tree);
}
