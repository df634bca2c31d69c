import type { SteadyName } from "../functions/names.ts";

/** Fields of a log line with the texts that they must have for the line to count; `*` is any text. */
export type LineFields = Readonly<Record<string, string>>;

/** Metric that CloudWatch reads from lines of functions' logs. */
export interface LogMetric {
  readonly name: string;
  readonly of: readonly SteadyName[];
  /** Fields of the lines that count, `event` among them. */
  readonly where: LineFields & { readonly event: string };
  /** Field whose number is the value. Without it, each line counts 1. */
  readonly value?: string;
  /** Field by whose texts the metric is split. Each text costs as a metric of its own: the texts come from our table, never from an agent. */
  readonly by?: "code";
}

const VEND = { event: "answered", route: "POST /v1/token", "leases[0]": "*" } as const;

/**
 * Metrics that callers and operators notice. CloudWatch reads them from lines that functions write anyway: no function has a library for metrics, and a vend writes
 * no further byte. A metric costs only in hours in which a line counts.
 */
export const METRICS = [
  { name: "vends", of: ["exchange"], where: VEND },
  { name: "vend-milliseconds", of: ["exchange"], where: VEND, value: "duration_ms" },
  { name: "denials", of: ["exchange"], where: { event: "refused" }, by: "code" },
  {
    name: "denied-after-milliseconds",
    of: ["probe"],
    where: { event: "probed", status: "denied" },
    value: "milliseconds",
  },
  { name: "approvals-pending", of: ["notify"], where: { event: "waiting" }, value: "requests" },
  { name: "approval-seconds", of: ["exchange"], where: { event: "approval_used" }, value: "waited_seconds" },
  { name: "ledger-lag-seconds", of: ["observe"], where: { event: "observed" }, value: "lag_seconds" },
  { name: "calls-unmapped", of: ["observe"], where: { event: "uses_recorded" }, value: "unmapped" },
  { name: "revocations-failed", of: ["reconcile"], where: { event: "reconcile_failed" } },
  { name: "lease-revocations-failed", of: ["revoke-leases"], where: { event: "lease_revocation_failed" } },
  { name: "role-load-percent", of: ["reconcile"], where: { event: "reconciled" }, value: "load_percent" },
] as const satisfies readonly LogMetric[];
export type MetricName = (typeof METRICS)[number]["name"];
