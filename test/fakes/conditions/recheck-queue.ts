import type { Recheck, RecheckQueue } from "../../../functions/core/conditions/recheck.ts";

/** Fake queue that records its messages. */
export class FakeRecheckQueue implements RecheckQueue {
  readonly sent: Recheck[] = [];

  async send(rechecks: readonly Recheck[]): Promise<void> {
    this.sent.push(...rechecks);
  }
}
