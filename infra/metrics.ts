import type { SteadyName } from "../functions/names.ts";

/** Field of a line of the log that decides whether the line counts: it has the text; `*` is any text. */
export type LineFields = Readonly<Record<string, string>>;

/** Metric that CloudWatch reads from lines of functions' logs. */
export interface LogMetric {
  readonly name: string;
  readonly of: readonly SteadyName[];
  /** Fields of the lines that count, `event` among them. */
  readonly where: LineFields & { readonly event: string };
  /** Number of the line that is the value; each line counts 1 without it. */
  readonly value?: string;
  /** Field whose text tells metrics apart. Each text is a metric that costs as one, so its texts are a table of ours, never an agent's. */
  readonly by?: "code";
}

const VEND = { event: "answered", route: "POST /v1/token", "leases[0]": "*" } as const;

/**
 * Metrics of what callers and operators feel. They are read from the lines that functions write anyway: no function of ours has a library for it, and
 * a vend writes no further byte. A metric costs in hours in which a line counts.
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
