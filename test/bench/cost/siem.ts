import { METRICS } from "../../../infra/metrics.ts";
import { type Row, verdict } from "../row.ts";
import type { Usage } from "./bill.ts";
import { AT_REST, MONTHLY } from "./hub-at-rest.ts";
import { PRICES } from "./prices.ts";

/** Highest allowed cost of a million tasks' events on the bus; US dollars. */
const TARGET_DOLLARS = 3;

/** Usages that write an event into a journal: the task's journal, and that of the role whose policy denies the task. */
const JOURNALED: readonly string[] = ["event, written", "rolejournal, written"];

/** Makes the row of the journals' events on the bus, which `siem` switches on. @param ledger usages of one task. */
export function siemRow(ledger: readonly Usage[]): Row {
  const written = ledger.filter(({ what }) => JOURNALED.includes(what));
  const dollars = written.length * 1_000_000 * PRICES["bus event"].dollars;
  return {
    name: "with siem, a million tasks' events",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${TARGET_DOLLARS} beside the bill above`,
    verdict: verdict(dollars <= TARGET_DOLLARS),
    notes: [
      `${written.length} events of journals for each task, each below the 64 KB that EventBridge counts as one event`,
      "one more for each action on a resource that a task uses, where a trail tells of it; not counted here",
      "not in the bill above: it is off by default",
      PRICES["bus event"].source,
    ],
    figures: { dollars },
  };
}

/** Assumed codes of refusals that a busy hub answers in each hour. */
const CODES = 5;

/** Highest allowed cost of a busy hub's metrics in a month; US dollars. */
const METRICS_DOLLARS = 6;

/** Makes the row of a busy hub's metrics: each has a value in each hour. */
export function metricsRow(): Row {
  const byCode = METRICS.filter((metric) => "by" in metric).length;
  const busy = METRICS.length - byCode + byCode * CODES;
  const atRest = AT_REST.metrics - SWEPT;
  const dollars = (busy - atRest) * MONTHLY.metric.dollars;
  return {
    name: "metrics of a busy hub, a month",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${METRICS_DOLLARS} beside the hub at rest`,
    verdict: verdict(dollars <= METRICS_DOLLARS),
    notes: [
      `${METRICS.length} names, ${byCode} of them by code, ${CODES} codes assumed; no agent and no account multiplies one`,
      "read from log lines that are written anyway: no byte more in a vend",
      MONTHLY.metric.source,
    ],
    figures: { dollars },
  };
}

/** Metrics of the sweep's log lines, which only alarms read. */
const SWEPT = 2;
