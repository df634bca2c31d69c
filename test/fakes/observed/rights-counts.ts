import type { JournalEvent } from "../../../functions/core/journal/event.ts";
import { hourName, type RightsCounts } from "../../../functions/core/ledger/rights-count.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

/** Fake journal, in memory, of what each hour's ended tasks left unused. */
export class FakeRightsCounts implements RightsCounts {
  readonly events: JournalEvent[] = [];

  async isCounted(hour: number): Promise<boolean> {
    return this.#has(hourName(hour));
  }

  async append(event: JournalEvent): Promise<void> {
    if (this.#has(event.of)) throw new Refusal("contended");
    this.events.push(event);
  }

  #has(name: string): boolean {
    return this.events.some(({ of }) => of === name);
  }
}
