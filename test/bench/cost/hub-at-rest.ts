import { type Row, verdict } from "../row.ts";
import { gbSeconds } from "./lambda.ts";
import { MONTH } from "./month.ts";
import { PRICES } from "./prices.ts";

/**
 * Billed parts of a hub without connectors: alarms by the metrics that they read; metrics with a value in every minute;
 * dashboards; polled queues; keys; secrets. A test counts all but the secrets in the template. Metrics of events are
 * written, and billed, only in hours with such events.
 */
export const AT_REST = { alarms: 54, metrics: 3, dashboards: 1, polledQueues: 8, keys: 3, secrets: 1 } as const;

/** List prices by the month; US dollars. */
export const MONTHLY = {
  alarm: { dollars: 0.1, source: "CloudWatch, $0.10 an alarm (quoted from the pricing page)" },
  metric: {
    dollars: 0.3,
    source: "CloudWatch, $0.30 a metric of one's own in each hour that has a value (quoted from the pricing page)",
  },
  dashboard: { dollars: 3, source: "CloudWatch, $3 a dashboard, of which the first three are free (pricing page)" },
  key: { dollars: 1, source: "KMS, $1 a key (quoted from the pricing page)" },
  secret: { dollars: 0.4, source: "Secrets Manager, $0.40 a secret (quoted from the pricing page)" },
} as const;

/**
 * Run of `archive` without new events: its requests of S3, its runs in a minute, and the assumed time of a run. The
 * hourly put is too rare to count.
 */
const ARCHIVE_RUN = { reads: 2, lists: 1, aMinute: 2, billedMs: 150 } as const;
const S3_READ_DOLLARS = 0.4e-6;

/** Requests a minute by which Lambda polls an empty queue: five connections that wait for 20 seconds each. */
const POLLS_A_MINUTE = 15;

const MINUTES = MONTH.seconds / 60;

/**
 * Computes the costs of a hub without any event for a month, by part; US dollars.
 * @param sweeps costs of the sweeps.
 */
export function hubAtRest(sweeps: number): Readonly<Record<string, number>> {
  const run = (name: "archive" | "notify" | "rotate", billedMs?: number): number =>
    PRICES.invocation.dollars + gbSeconds(name, billedMs) * PRICES["GB-second"].dollars;
  const archived = ARCHIVE_RUN.reads * S3_READ_DOLLARS + ARCHIVE_RUN.lists * PRICES["S3 list"].dollars;
  return {
    alarms: AT_REST.alarms * MONTHLY.alarm.dollars,
    metrics: AT_REST.metrics * MONTHLY.metric.dollars,
    dashboard: AT_REST.dashboards * MONTHLY.dashboard.dollars,
    "polls of queues": AT_REST.polledQueues * POLLS_A_MINUTE * MINUTES * PRICES["queue request"].dollars,
    "keys and secret": AT_REST.keys * MONTHLY.key.dollars + AT_REST.secrets * MONTHLY.secret.dollars,
    sweeps,
    archive: ARCHIVE_RUN.aMinute * MINUTES * (run("archive", ARCHIVE_RUN.billedMs) + archived),
    "other rules": MINUTES * (run("notify") + run("rotate")),
  };
}

/** Highest allowed cost of such a month; US dollars. */
const TARGET_DOLLARS = 15;

/** Makes the benchmark's row of a hub at rest. @param sweeps costs of a month of sweeps that find nothing; US dollars. */
export function restRow(sweeps: number): Row {
  const parts = hubAtRest(sweeps);
  const dollars = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return {
    name: "a hub at rest, a month",
    measured: `$${dollars.toFixed(2)}`,
    target: `<= $${TARGET_DOLLARS} at list prices`,
    verdict: verdict(dollars <= TARGET_DOLLARS),
    notes: [
      Object.entries(parts)
        .map(([part, cost]) => `${part} $${cost.toFixed(2)}`)
        .join(", "),
      "by list prices, without free tiers; nothing of it was billed yet",
      "free: log groups, metric filters, rules, streams, topics, and point-in-time recovery of a table in which nothing is; not counted: a connector's secrets",
      ...Object.values(MONTHLY).map(({ source }) => source),
    ],
    figures: { dollars },
  };
}
