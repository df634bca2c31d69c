import type { AccountId } from "../../../functions/core/deployment/account-id.ts";
import type { Heard } from "../../../functions/core/ledger/heard.ts";

/** Fake record, in memory, of the accounts that have sent calls. */
export class FakeHeard implements Heard {
  readonly at = new Map<string, number>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async hear(accounts: readonly AccountId[]): Promise<void> {
    const now = Math.floor(this.#nowMs() / 1_000);
    for (const account of accounts) {
      const before = this.at.get(account) ?? 0;
      if (before <= now - 3_600 || before > now) this.at.set(account, now);
    }
  }

  async all(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.at);
  }
}
