import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type IFilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { ITopic, Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Config } from "../../config/schema.ts";
import { LOUD_REFUSALS } from "../../functions/core/refusal.ts";
import { FUNCTIONS, type FunctionName } from "../../functions/names.ts";
import { ROUTES } from "../../functions/routes.ts";
import type { MetricName } from "../metrics.ts";
import { AlarmTopic } from "./alarm-topic.ts";
import type { DeadlineQueue } from "./deadline-queue.ts";
import type { HubBus } from "./hub-bus.ts";
import type { LeaseRevocationQueue } from "./lease-revocation-queue.ts";
import type { NoticePath } from "./notice-path.ts";
import type { ProbeQueue } from "./probe-queue.ts";
import type { RevocationQueue } from "./revocation-queue.ts";
import type { UsePath } from "./use-path.ts";

/** Functions without a waiting caller, and the meaning of their error lines. */
const LOUD = {
  reconcile:
    "A role's policy was not written, or its outcome is unknown; a task role has a foreign inline policy; or more tasks have ended than a policy can name: see the reconciler's log.",
  sweep:
    "A due or halted task could not be ended, or an agent was suspended since nobody reviewed a broken glass: see the sweep's log.",
  relay: "Endings could not be queued for the probe: their receipts do not show when AWS refused. See the relay's log.",
  probe:
    "A probe could not observe an ending, so its receipt does not show when AWS refused; or a policy had no effect in AWS. See probe's log.",
  notify:
    "A channel did not take a message about a request for approval: people may not know that an agent waits for them. The time of the request runs on. See notify's log.",
  archive:
    "Something that is no journal event came in, and was left out of the log: see the archive's log. Where archive-fails rings too, the log was changed behind its back.",
} as const;

/** Alarms about people who decide, by the function whose log rings: whoever takes over one of two cannot keep the other quiet about a broken glass. */
const OF_PEOPLE = [
  {
    name: "glass-asked",
    by: "approve",
    event: "glass_asked",
    meaning: "A person breaks the glass: approves alone what several people have to. See approve's log.",
  },
  {
    name: "glass-broken",
    by: "exchange",
    event: "glass_broken",
    meaning:
      "A key was handed out that one person approved alone. Another has to review it within 24 hours, or the agent is suspended. See exchange's log.",
  },
  {
    name: "approvers-few",
    by: "exchange",
    event: "approvers_few",
    meaning:
      "A request waits for people of whom valetkey.json lists too few who may vote on it, or nobody to spare. See exchange's log.",
  },
] as const;

/** Functions that answer requests. They turn failures into answers, so Lambda's own error metric seldom counts one. */
const ANSWERING = FUNCTIONS.filter((each) => ROUTES.some((route) => route.function === each));

/** Pattern of log lines of refusals whose code is `loud` in the table of refusals. */
const LOUDLY_REFUSED = FilterPattern.all(
  FilterPattern.stringValue("$.event", "=", "refused"),
  FilterPattern.any(...LOUD_REFUSALS.map((code) => FilterPattern.stringValue("$.code", "=", code))),
);

/** Pattern of the log line of an unforeseen error, which `serve` answers with 500. */
const FAILED = FilterPattern.stringValue("$.event", "=", "failed");

const DEPLOYMENT_BROKEN = FilterPattern.stringValue("$.event", "=", "deployment_broken");
const SEAL_BROKEN = FilterPattern.stringValue("$.event", "=", "seal_broken");

/** Functions that a rule starts, and that take their work from no queue or stream whose age would show that they fail. */
const UNQUEUED = ["sweep", "archive"] as const satisfies readonly FunctionName[];

/** Metric of Lambda over all functions of the account and Region: Lambda reports it without a dimension. */
const ofAllFunctions = (metricName: "Errors" | "Throttles"): IMetric =>
  new Metric({ namespace: "AWS/Lambda", metricName, period: Duration.minutes(1), statistic: "sum" });

/** Resources to watch. */
export interface WatchProps {
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly revocationQueue: RevocationQueue;
  readonly leaseRevocations: LeaseRevocationQueue;
  readonly probes: ProbeQueue;
  readonly deadlines: DeadlineQueue;
  readonly notices: NoticePath;
  readonly uses: UsePath;
  readonly bus: HubBus;
  readonly api: HttpApi;
  /** True where the journal's events are told to a SIEM. */
  readonly siem: boolean;
  /** Receivers of alarms, from the configuration. */
  readonly receivers: Config["alarms"];
}

/**
 * Alarms, each of which needs a person: late or failed revocations, a sweep that does not run or falls behind, credentials that could not be
 * revoked, events that were refused or not processed, failing rotations and functions. All alarms go to one topic, and to those that the configuration names.
 */
export class Watch extends Construct {
  readonly topic: Topic;
  /** All alarms, for the dashboard. */
  readonly alarms: Alarm[] = [];
  readonly #topics: readonly ITopic[];

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { topic, all } = new AlarmTopic(this, "Topics", props.receivers);
    this.topic = topic;
    this.#topics = all;
    const minute = { period: Duration.minutes(1) };
    const { sweep, intake, relay, collect, archive } = props.functions;

    this.#alarm(
      "revocation-set-aside",
      "A role's revocation policy could not be written five times: its ended tasks may still act until their fence.",
      {
        metric: props.revocationQueue.setAside.metricApproximateNumberOfMessagesVisible({
          ...minute,
          statistic: "max",
        }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "revocation-late",
      "The revocation of an ended task has waited more than a minute for its write to IAM.",
      {
        metric: props.revocationQueue.queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "max" }),
        atLeast: 60,
        minutes: 2,
      },
    );
    this.#alarm("relay-late", "The table's stream is read more than a minute late: endings wait for the sweep.", {
      metric: relay.metric("IteratorAge", { ...minute, statistic: "max" }),
      atLeast: 60_000,
    });
    this.#alarm(
      "collect-late",
      "The archive is brought the journal's events more than three minutes late. What is not brought in within a day is a gap in the log. See collect's log.",
      { metric: collect.metric("IteratorAge", { ...minute, statistic: "max" }), atLeast: 180_000 },
    );
    if (props.siem) {
      this.#alarm(
        "siem-not-told",
        "The bus did not take events of the journal for two minutes, and the SIEM was not told of them. The archive has them. See collect's log.",
        { metric: this.#logged(collect, "siem-not-told", { event: "siem_not_told" }), atLeast: 1 },
      );
    }
    this.#alarm(
      "archive-stopped",
      "The archive does not run: events wait for their place in the signed log, and are removed after 14 days.",
      { metric: archive.metricInvocations(minute), atMost: 0, minutes: 3 },
    );
    this.#alarm(
      "archive-late",
      "An event got its place in the signed log three minutes after it happened, or later: what is decided now is not in the log yet. See collect's and archive's logs.",
      {
        metric: this.#logged(archive, "archive-lag", { event: "archived", value: "lag_seconds", statistic: "max" }),
        atLeast: 180,
      },
    );
    this.#alarm(
      "archive-not-anchored",
      "The hour's checkpoint could not be put at the archive's second place: until it is, whoever administers this account could fork the log unseen. See archive's log.",
      {
        metric: this.#logged(archive, "archive-not-anchored", { event: "anchor_failed" }),
        atLeast: 1,
        minutes: 15,
      },
    );
    this.#alarm(
      "sweep-stopped",
      "The sweep does not run: tasks do not end at their deadline, and lost revocations are not repaired.",
      {
        metric: sweep.metricInvocations(minute),
        atMost: 0,
        minutes: 3,
      },
    );
    // These functions answer 503 and do not fail, so only their log shows the fault before clients complain.
    this.#alarm(
      "deployment-broken",
      `A function refuses every request: it cannot load its deployed files. See the lines \`deployment_broken\` in the log of ${ANSWERING.join(", ")}.`,
      { metric: this.#loggedBy(ANSWERING, "deployments-broken", DEPLOYMENT_BROKEN, props.functions), atLeast: 1 },
    );
    this.#alarm(
      "session-policy-unproven",
      "The validator found a call that a session policy allows and Cedar does not permit, or it could prove nothing. No credentials were issued. See exchange's log for the call.",
      {
        metric: this.#logged(props.functions.exchange, "session-policies-unproven", {
          event: "session_policy_unproven",
        }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "journal-changed",
      "A journal event was changed, removed, or written with an expiry, which nobody is allowed to do. See the relay's log for the event.",
      { metric: this.#logged(relay, "journal-changes", { event: "journal_changed" }), atLeast: 1 },
    );
    this.#alarm(
      "seal-broken",
      "A task record was met that the exchange did not seal so, and nothing was issued on it: somebody else has written it. See the lines `seal_broken` in the log of exchange, tasks.",
      { metric: this.#loggedBy(["exchange", "tasks"], "seals-broken", SEAL_BROKEN, props.functions), atLeast: 1 },
    );
    this.#alarm("sweep-late", "Tasks past their deadline wait for the sweep: it does not keep up.", {
      metric: this.#logged(sweep, "sweep-lag", { event: "swept", value: "lag_seconds", statistic: "max" }),
      atLeast: 300,
      minutes: 2,
    });
    this.#alarm(
      "overdue",
      "A task could not be ended within half an hour. Its sessions have ended by their fences. See the sweep's log.",
      {
        metric: this.#logged(sweep, "overdue", { event: "overdue" }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "rotation-fails",
      "A secret was not rotated, and is leased to nobody until its rotation succeeds. See rotate's log.",
      {
        metric: this.#logged(props.functions.rotate, "rotation-failures", { event: "rotation_failed" }),
        atLeast: 1,
        minutes: 3,
      },
    );
    this.#alarm(
      "lease-revocation-set-aside",
      "A connector's credential could not be revoked in five attempts; the sweep retries each minute. See revoke-leases' log.",
      {
        metric: props.leaseRevocations.setAside.metricApproximateNumberOfMessagesVisible({
          ...minute,
          statistic: "max",
        }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "deadline-set-aside",
      "The message of a connector's deadline failed in five attempts; the sweep revokes the credential. See revoke-leases' log.",
      {
        metric: props.deadlines.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "lease-revocation-late",
      "Connectors' credentials are revoked 30 seconds or more after their deadline: messages arrive late or not at all, or a provider did not answer.",
      {
        metric: this.#logged(props.functions["revoke-leases"], "lease-revocation-late", {
          event: "lease_revoked",
          value: "late_seconds",
          statistic: "max",
        }),
        atLeast: 30,
        minutes: 3,
      },
    );
    this.#alarm("lease-revocation-overdue", "A connector's credential is still valid ten minutes after its deadline.", {
      metric: this.#logged(sweep, "lease-revocations-overdue", {
        event: "lease_revocations_swept",
        value: "overdue",
        statistic: "max",
      }),
      atLeast: 1,
    });
    this.#alarm(
      "not-observed",
      "IAM has had a policy that denies an ended task for 30 seconds, and AWS still accepts its session. The session may act until its fence. See probe's log.",
      {
        metric: this.#logged(props.functions.probe, "not-observed", { event: "not_observed" }),
        atLeast: 1,
      },
    );
    this.#alarm("probe-set-aside", "The probe failed five times to run for an ending. See probe's log.", {
      metric: props.probes.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    });
    this.#alarm("notices-set-aside", "notify failed five times to run. It runs each minute, too. See notify's log.", {
      metric: props.notices.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    });
    this.#alarm("uses-set-aside", "observe failed five times to record what tasks did. See observe's log.", {
      metric: props.uses.setAside.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    });
    this.#alarm("uses-late", "What tasks did waits for more than ten minutes to be recorded. See observe's log.", {
      metric: props.uses.queue.metricApproximateAgeOfOldestMessage({ ...minute, statistic: "max" }),
      atLeast: 600,
    });
    const day = { period: Duration.days(1), statistic: "sum" };
    this.#alarm(
      "calls-silent",
      "Tasks got credentials, and no call of any task was heard of for a day: CloudTrail's events do not reach the hub.",
      {
        metric: new MathExpression({
          expression: "IF(FILL(vends, 0) > 0 AND FILL(calls, 0) == 0, 1, 0)",
          usingMetrics: {
            vends: new Metric({ namespace: "valetkey", metricName: "vends" satisfies MetricName, ...day }),
            calls: props.uses.queue.metricNumberOfMessagesSent(day),
          },
          period: day.period,
        }),
        atLeast: 1,
      },
    );
    this.#alarm("undone-events", "An event on the bus was not processed. See docs/events.md.", {
      metric: props.bus.undone.metricApproximateNumberOfMessagesVisible({ ...minute, statistic: "max" }),
      atLeast: 1,
    });
    this.#alarm(
      "event-refused",
      "An event on the bus requested something that its sender may not request. See the journal and intake's log.",
      {
        metric: this.#logged(intake, "events-refused", { event: "event_refused" }),
        atLeast: 1,
      },
    );
    this.#alarm(
      "escalation",
      "An agent, or somebody in a target account, did what nobody should. See the journal, intake's log, and docs/escalation.md.",
      { metric: this.#logged(intake, "escalations", { event: "escalation_detected" }), atLeast: 1 },
    );
    this.#alarm(
      "refused-loudly",
      `A request was refused for a reason that needs a person: ${LOUD_REFUSALS.join(", ")}. See \`code\` and \`why\` in the log of ${ANSWERING.join(", ")}.`,
      { metric: this.#loggedBy(ANSWERING, "refused-loudly", LOUDLY_REFUSED, props.functions), atLeast: 1 },
    );
    for (const { name, by, event, meaning } of OF_PEOPLE)
      this.#alarm(name, meaning, { metric: this.#logged(props.functions[by], name, { event }), atLeast: 1 });
    this.#alarm(
      "answered-500",
      `A request was answered with 500, by a bug: see the lines \`failed\` in the log of ${ANSWERING.join(", ")}.`,
      { metric: this.#loggedBy(ANSWERING, "failures", FAILED, props.functions), atLeast: 1 },
    );
    for (const [name, meaning] of Object.entries(LOUD)) {
      this.#alarm(`${name}-loud`, meaning, {
        metric: this.#errorLines(name, props.functions[name as keyof typeof LOUD]),
        atLeast: 1,
      });
    }
    // An alarm for each function would cost ten times as much, and one outage would ring all of them.
    this.#alarm(
      "function-fails",
      "A function in this account fails: the dashboard valetkey shows which. The alarm stays on while any function fails.",
      { metric: ofAllFunctions("Errors"), atLeast: 1 },
    );
    this.#alarm(
      "function-throttled",
      "A function in this account has no free concurrency: the dashboard valetkey shows which.",
      { metric: ofAllFunctions("Throttles"), atLeast: 1 },
    );
    // Their work shows late nowhere else, and another function's failures must not hide theirs.
    for (const name of UNQUEUED) {
      this.#alarm(`${name}-fails`, `${name} fails. See its log.`, {
        metric: props.functions[name].metricErrors(minute),
        atLeast: 1,
      });
    }
    this.#alarm("api-fails", "The API answers with 5xx.", { metric: props.api.metricServerError(minute), atLeast: 5 });
  }

  /** Makes a metric of a function's own log lines: the count of an event in a minute, or the largest value of a number in its lines. */
  #logged(
    { logGroup }: LambdaFunction,
    name: string,
    { event, value, statistic = "sum" }: { event: string; value?: string; statistic?: string },
  ): IMetric {
    return new MetricFilter(this, `${name}-lines`, {
      logGroup,
      filterName: `valetkey-${name}`,
      filterPattern: FilterPattern.stringValue("$.event", "=", event),
      metricNamespace: "valetkey",
      metricName: name,
      metricValue: value === undefined ? "1" : `$.${value}`,
    }).metric({ period: Duration.minutes(1), statistic });
  }

  /** Makes one metric of the log lines of several functions that match a pattern. */
  #loggedBy(
    names: readonly FunctionName[],
    name: string,
    filterPattern: IFilterPattern,
    functions: WatchProps["functions"],
  ): IMetric {
    for (const each of names) {
      new MetricFilter(this, `${each}-${name}-lines`, {
        logGroup: functions[each].logGroup,
        filterPattern,
        metricNamespace: "valetkey",
        metricName: name,
        metricValue: "1",
      });
    }
    return new Metric({ namespace: "valetkey", metricName: name, period: Duration.minutes(1), statistic: "sum" });
  }

  /** Makes a metric of a function's log lines of level `error`: failed work, or facts that a person has to see, though the function did not fail. */
  #errorLines(name: string, { logGroup }: LambdaFunction): IMetric {
    const filter = new MetricFilter(this, `${name}-error-lines`, {
      logGroup,
      filterPattern: FilterPattern.stringValue("$.level", "=", "error"),
      metricNamespace: "valetkey",
      metricName: `${name}-error-lines`,
      metricValue: "1",
    });
    return filter.metric({ period: Duration.minutes(1), statistic: "sum" });
  }

  #alarm(
    name: string,
    meaning: string,
    when: { metric: IMetric; minutes?: number } & ({ atLeast: number } | { atMost: number }),
  ): void {
    const tooLow = "atMost" in when;
    const alarm = new Alarm(this, name, {
      alarmName: `valetkey-${name}`,
      alarmDescription: meaning,
      metric: when.metric,
      threshold: tooLow ? when.atMost : when.atLeast,
      comparisonOperator: tooLow
        ? ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: when.minutes ?? 1,
      // An alarm on too few events counts missing data as too few.
      treatMissingData: tooLow ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(...this.#topics.map((topic) => new SnsAction(topic)));
    this.alarms.push(alarm);
  }
}
