import { Duration } from "aws-cdk-lib";
import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { type Prefixed, prefixOf } from "../../../functions/hub-names.ts";
import type { SteadyName } from "../../../functions/names.ts";
import type { MetricName } from "../../metrics.ts";

/** Resources that the dashboard draws. */
export interface BoardProps {
  readonly hub: Prefixed;
  readonly alarms: readonly IAlarm[];
  readonly functions: Readonly<Record<SteadyName, LambdaFunction>>;
  readonly revocations: Queue;
  readonly uses: Queue;
  readonly api: HttpApi;
}

/** Columns of CloudWatch's grid. */
const WIDTH = 24;
const MINUTE = { period: Duration.minutes(1) } as const;

/** Dashboard `valetkey`: alarms first, then endings, vends, people, requests, and the functions' failures. */
export class Board extends Construct {
  constructor(scope: Construct, id: string, { hub, alarms, functions, revocations, uses, api }: BoardProps) {
    super(scope, id);
    const { ours, metric, percentiles, denials } = metricsOf(prefixOf(hub));
    new Dashboard(this, "Dashboard", {
      dashboardName: prefixOf(hub),
      defaultInterval: Duration.hours(3),
      widgets: [
        [title("valetkey", "The runbook explains each alarm and what to do: docs/runbook.md.")],
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: WIDTH, height: 7 })],
        [title("Endings", "An ended task's key is denied within seconds. A task that waits here can still act.")],
        row(
          graph("Revocations: age of the oldest, seconds", [
            revocations.metricApproximateAgeOfOldestMessage({ ...MINUTE, statistic: "max", label: "queue" }),
          ]),
          graph("From an ending to AWS's denial, milliseconds", percentiles("denied-after-milliseconds")),
          graph("Revocations that failed", [
            metric("revocations-failed", "sum"),
            metric("lease-revocations-failed", "sum"),
          ]),
        ),
        row(
          graph("Sweep: seconds behind", [ours("sweep-lag", "max")]),
          graph("Connectors: seconds after the deadline", [ours("lease-revocation-late", "max")]),
          graph("Fullest role, per cent", [metric("role-load-percent", "max")]),
        ),
        [title("Vends", "Agents' requests for credentials, and their denials.")],
        row(
          graph("Vends", [metric("vends", "sum")]),
          graph("A vend, milliseconds", percentiles("vend-milliseconds")),
          graph("Denials by code", [denials]),
        ),
        [title("People", "Requests that wait for a person, in groups with a channel.")],
        row(
          graph("Pending approvals", [metric("approvals-pending", "max")]),
          graph("From the request to its use, seconds", percentiles("approval-seconds")),
          graph("Loud refusals and bugs", [ours("refused-loudly", "sum"), ours("failures", "sum")]),
        ),
        [title("Requests", "Callers see these numbers.")],
        row(
          graph("Requests", [api.metricCount(MINUTE), api.metricServerError(MINUTE), api.metricClientError(MINUTE)]),
          graph("Latency, milliseconds", [
            api.metricLatency({ ...MINUTE, statistic: "p50", label: "p50" }),
            api.metricLatency({ ...MINUTE, statistic: "p99", label: "p99" }),
          ]),
        ),
        [title("Behind the scenes", "Functions that fail, have no free concurrency, or read their stream late.")],
        row(
          graph("Errors by function", ofEachFunction("Errors", functions)),
          graph("Throttles by function", ofEachFunction("Throttles", functions)),
          graph("Streams: milliseconds behind", [
            functions.relay.metric("IteratorAge", { ...MINUTE, statistic: "max", label: "relay" }),
            functions.collect.metric("IteratorAge", { ...MINUTE, statistic: "max", label: "collect" }),
          ]),
        ),
        row(
          graph("Archive: seconds behind", [ours("archive-lag", "max")]),
          graph("Ledger: seconds behind", [
            metric("ledger-lag-seconds", "max"),
            uses.metricApproximateAgeOfOldestMessage({ ...MINUTE, statistic: "max", label: "queue" }),
          ]),
          graph("Calls that map to no action", [metric("calls-unmapped", "sum")]),
        ),
      ],
    });
  }
}

/** Makes the metrics of the hub's own namespace. */
const metricsOf = (namespace: string) => {
  /** Makes a metric that an alarm of ours reads. */
  const ours = (metricName: string, statistic: string): IMetric =>
    new Metric({ namespace, metricName, statistic, ...MINUTE });
  /** Makes a metric of `METRICS`. */
  const metric = (name: MetricName, statistic: string): IMetric => ours(name, statistic);
  const percentiles = (name: MetricName): IMetric[] => ["p50", "p99"].map((each) => metric(name, each));
  /** One line for each code of a refusal. */
  const denials: IMetric = new MathExpression({
    expression: `SEARCH('{${namespace},code} MetricName="${"denials" satisfies MetricName}"', 'Sum', 60)`,
    usingMetrics: {},
    label: "",
    ...MINUTE,
  });
  return { ours, metric, percentiles, denials };
};

/** Makes one line for each function of the hub. */
const ofEachFunction = (metric: "Errors" | "Throttles", functions: BoardProps["functions"]): IMetric[] =>
  Object.entries(functions).map(([label, each]) => each.metric(metric, { ...MINUTE, statistic: "Sum", label }));

const title = (name: string, text: string): IWidget =>
  new TextWidget({ markdown: `## ${name}\n${text}`, width: WIDTH, height: 2 });

const graph = (name: string, left: IMetric[]): IWidget =>
  new GraphWidget({ title: name, left, width: WIDTH / 3, height: 6, leftYAxis: { min: 0 } });

const row = (...widgets: IWidget[]): IWidget[] => widgets;
