import { Duration } from "aws-cdk-lib";
import { type IMetric, MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern } from "aws-cdk-lib/aws-logs";
import { nameIn, prefixOf } from "../../../functions/hub-names.ts";
import type { SteadyName } from "../../../functions/names.ts";
import type { MetricName } from "../../metrics.ts";
import { ANSWERING, type WatchProps } from "../../watched.ts";
import type { Alarms } from "./alarms.ts";

/** Functions without a waiting caller, and the meaning of their error lines. */
const LOUD = {
  notify:
    "A channel did not take a message about a request for approval: people may not know that an agent waits for them. The time of the request runs on. See notify's log.",
} as const;

/** Pattern of the log line of an unforeseen error, which `serve` answers with 500. */
const FAILED = FilterPattern.stringValue("$.event", "=", "failed");

const DEPLOYMENT_BROKEN = FilterPattern.stringValue("$.event", "=", "deployment_broken");

/** Functions that a rule starts, and that take their work from no queue or stream whose age would show that they fail. */
const UNQUEUED = ["sweep", "archive"] as const satisfies readonly SteadyName[];

/** Metric of Lambda over all functions of the account and Region: Lambda reports it without a dimension. */
const ofAllFunctions = (metricName: "Errors" | "Throttles"): IMetric =>
  new Metric({ namespace: "AWS/Lambda", metricName, period: Duration.minutes(1), statistic: "sum" });

/** Adds the alarms of faults. */
export function addFaultAlarms(alarms: Alarms, props: WatchProps): void {
  const minute = { period: Duration.minutes(1) };
  const { collect, archive, exchange, journal } = props.functions;
  alarms.add(
    "collect-late",
    "The journal's events reach the archive more than three minutes late. An event that does not reach it within a day is a gap in the log. See collect's log.",
    { metric: collect.metric("IteratorAge", { ...minute, statistic: "max" }), atLeast: 180_000 },
  );
  alarms.add(
    "proofs-not-kept",
    `The archive did not take the token of a vote for two minutes: it stands in the table alone, for 90 days. See collect's log, and the key alias/${nameIn(props.hub, "proofs")}.`,
    { metric: alarms.logged(collect, "proofs-not-kept", { event: "proofs_not_kept" }), atLeast: 1 },
  );
  if (props.siem) {
    alarms.add(
      "siem-not-told",
      "The bus did not take events of the journal for two minutes, and the SIEM was not told of them. The archive has them. See collect's log.",
      { metric: alarms.logged(collect, "siem-not-told", { event: "siem_not_told" }), atLeast: 1 },
    );
  }
  alarms.add(
    "archive-stopped",
    "The archive does not run: events wait for their place in the signed log, and are removed after 14 days.",
    { metric: archive.metricInvocations(minute), atMost: 0, minutes: 3 },
  );
  alarms.add(
    "archive-late",
    "An event got its place in the signed log three minutes after it happened, or later: what is decided now is not in the log yet. See collect's and archive's logs.",
    {
      metric: alarms.logged(archive, "archive-lag", { event: "archived", value: "lag_seconds", statistic: "max" }),
      atLeast: 180,
    },
  );
  alarms.add(
    "archive-not-anchored",
    "The hour's checkpoint could not be put at the archive's witness: until it is, whoever administers this account could fork the log unseen. See archive's log.",
    {
      metric: alarms.logged(archive, "archive-not-anchored", { event: "anchor_failed" }),
      atLeast: 1,
      minutes: 15,
    },
  );
  alarms.add(
    "archive-anchor-differs",
    "The archive and its witness hold different logs, so that one of the two was forged, or the witness got no checkpoint for two hours. The line `anchor_differs` in journal's log says which. Verify both, and believe neither until then: docs/audit.md.",
    { metric: alarms.logged(journal, "archive-anchor-differs", { event: "anchor_differs" }), atLeast: 1 },
  );
  // A function with this fault answers 503 and does not fail. Only its log shows the fault before clients complain.
  alarms.add(
    "deployment-broken",
    `A function refuses every request: it cannot load its deployed files. See the lines \`deployment_broken\` in the log of ${ANSWERING.join(", ")}.`,
    { metric: alarms.loggedBy(ANSWERING, "deployments-broken", DEPLOYMENT_BROKEN, props.functions), atLeast: 1 },
  );
  alarms.add("notices-set-aside", "notify failed five times to run. It runs each minute, too. See notify's log.", {
    metric: props.notifications.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
    atLeast: 1,
  });
  alarms.add("uses-set-aside", "observe failed five times to record what tasks did. See observe's log.", {
    metric: props.uses.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
    atLeast: 1,
  });
  alarms.add("uses-late", "Uses of tasks' keys wait for more than ten minutes to be recorded. See observe's log.", {
    metric: props.uses.queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "max" }),
    atLeast: 600,
  });
  const day = { period: Duration.days(1), statistic: "sum" };
  alarms.add(
    "calls-silent",
    "Tasks got credentials, and no call of any task was heard of for a day: CloudTrail's events do not reach the hub.",
    {
      metric: new MathExpression({
        expression: "IF(FILL(vends, 0) > 0 AND FILL(calls, 0) == 0, 1, 0)",
        usingMetrics: {
          vends: new Metric({ namespace: prefixOf(props.hub), metricName: "vends" satisfies MetricName, ...day }),
          calls: props.uses.queue.metricNumberOfMessagesSent(day),
        },
        period: day.period,
      }),
      atLeast: 1,
    },
  );
  alarms.add(
    "account-silent",
    "Tasks ended in an account, and no call of any task there was heard of for a day. The lines `account_silent` in the log of sweep name the account.",
    {
      metric: alarms.logged(props.functions.sweep, "accounts-silent", {
        event: "account_silent",
        period: Duration.hours(1),
      }),
      atLeast: 1,
    },
  );
  alarms.add("undone-events", "An event on the bus was not processed. See docs/events.md.", {
    metric: props.bus.undone.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
    atLeast: 1,
  });
  alarms.add(
    "answered-500",
    `A request was answered with 500, by a bug: see the lines \`failed\` in the log of ${ANSWERING.join(", ")}.`,
    { metric: alarms.loggedBy(ANSWERING, "failures", FAILED, props.functions), atLeast: 1 },
  );
  alarms.add(
    "session-policy-unknown",
    "Five requests within a minute had a session policy of which the validator could prove nothing: too much work, or a part that it cannot read. See `why` of the lines `session_policy_unknown` in exchange's log.",
    { metric: alarms.logged(exchange, "session-policies-unknown", { event: "session_policy_unknown" }), atLeast: 5 },
  );
  // An alarm for each function would cost ten times as much, and one outage would ring all of them.
  alarms.add(
    "function-fails",
    `A function in this account fails: the dashboard ${prefixOf(props.hub)} shows which. The alarm stays on while any function fails.`,
    { metric: ofAllFunctions("Errors"), atLeast: 1 },
  );
  alarms.add(
    "function-throttled",
    `A function in this account has no free concurrency: the dashboard ${prefixOf(props.hub)} shows which.`,
    { metric: ofAllFunctions("Throttles"), atLeast: 1 },
  );
  alarms.add("api-fails", "The API answers with 5xx.", { metric: props.api.metricServerError(minute), atLeast: 5 });
  alarms.add(
    "approvers-few",
    "A request waits for people of whom valetkey.json lists too few who may vote on it, or nobody to spare. See exchange's log.",
    { metric: alarms.logged(exchange, "approvers-few", { event: "approvers_few" }), atLeast: 1 },
  );
  // Functions without a queue have no other sign of late work. Each has an alarm of its own, so that no function's failures hide another's.
  for (const name of UNQUEUED) {
    alarms.add(`${name}-fails`, `${name} fails. See its log.`, {
      metric: props.functions[name].metricErrors(minute),
      atLeast: 1,
    });
  }
  alarms.addLoud(LOUD, props.functions);
}
