import { ESCALATION_EVENT } from "../../../contract/names.ts";
import type { Bus } from "../../core/escalation/bus.ts";
import type { Detection, Escalations } from "../../core/escalation/detection.ts";
import { TimedCache } from "../memory/timed-cache.ts";

/**
 * Time for which a process does not report a detection again; milliseconds. `intake` treats a repeated report as the
 * same detection.
 */
const REPORTED_MS = 600_000;

/**
 * Reports detections on the hub's bus. A flood of events that break one rule becomes one event on the bus for each
 * process.
 */
export class BusEscalations implements Escalations {
  readonly #bus: Bus;
  readonly #reported: TimedCache<true>;

  constructor(bus: Bus, nowMs: () => number) {
    this.#bus = bus;
    this.#reported = new TimedCache(REPORTED_MS, 1_000, nowMs);
  }

  async report(detections: readonly Detection[]): Promise<void> {
    const once = [...new Map(detections.map((each) => [each.id, each])).values()];
    const fresh = once.filter(({ id }) => this.#reported.find(id) === undefined);
    if (fresh.length === 0) return;
    await this.#bus.put(fresh.map((each) => ({ type: ESCALATION_EVENT, ...each })));
    for (const { id } of fresh) this.#reported.keep(id, true);
  }
}
