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
import type { FunctionName } from "../../functions/names.ts";

/** Resources that the dashboard draws. */
export interface BoardProps {
  readonly alarms: readonly IAlarm[];
  readonly functions: Readonly<Record<FunctionName, LambdaFunction>>;
  readonly revocations: Queue;
  readonly uses: Queue;
  readonly api: HttpApi;
}

/** Columns of CloudWatch's grid. */
const WIDTH = 24;
const MINUTE = { period: Duration.minutes(1) } as const;

/** Dashboard `valetkey`: alarms first, then endings, requests, and which function fails. */
export class Board extends Construct {
  constructor(scope: Construct, id: string, { alarms, functions, revocations, uses, api }: BoardProps) {
    super(scope, id);
    new Dashboard(this, "Dashboard", {
      dashboardName: "valetkey",
      defaultInterval: Duration.hours(3),
      widgets: [
        [title("valetkey", "The runbook says of each alarm what it means and what to do: docs/runbook.md.")],
        [new AlarmStatusWidget({ title: "Alarms", alarms: [...alarms], width: WIDTH, height: 7 })],
        [title("Endings", "An ended task's key is denied within seconds. What waits here can still act.")],
        row(
          graph("Revocations: age of the oldest, seconds", [
            revocations.metricApproximateAgeOfOldestMessage({ ...MINUTE, statistic: "max", label: "queue" }),
          ]),
          graph("Sweep: seconds behind", [ours("sweep-lag", "max")]),
          graph("Connectors: seconds after the deadline", [ours("lease-revocation-late", "max")]),
        ),
        [title("Requests", "Callers see these numbers.")],
        row(
          graph("Requests", [api.metricCount(MINUTE), api.metricServerError(MINUTE), api.metricClientError(MINUTE)]),
          graph("Latency, milliseconds", [
            api.metricLatency({ ...MINUTE, statistic: "p50", label: "p50" }),
            api.metricLatency({ ...MINUTE, statistic: "p99", label: "p99" }),
          ]),
          graph("Loud refusals and bugs", [ours("refused-loudly", "sum"), ours("failures", "sum")]),
        ),
        [title("Behind the scenes", "Which function fails, has no concurrency, or reads its stream late.")],
        row(
          graph("Errors by function", [ofEachFunction("Errors", "Sum")]),
          graph("Throttles by function", [ofEachFunction("Throttles", "Sum")]),
          graph("Streams and the ledger: milliseconds, seconds behind", [
            functions.relay.metric("IteratorAge", { ...MINUTE, statistic: "max", label: "relay" }),
            functions.collect.metric("IteratorAge", { ...MINUTE, statistic: "max", label: "collect" }),
            uses.metricApproximateAgeOfOldestMessage({ ...MINUTE, statistic: "max", label: "ledger's queue" }),
          ]),
        ),
      ],
    });
  }
}

/** Metric of ours, from log lines. */
const ours = (metricName: string, statistic: "sum" | "max"): IMetric =>
  new Metric({ namespace: "valetkey", metricName, statistic, ...MINUTE });

/** A line for each of our functions: CloudWatch finds them by their names, which begin alike. */
const ofEachFunction = (metric: "Errors" | "Throttles", statistic: "Sum"): IMetric =>
  new MathExpression({
    expression: `SEARCH('{AWS/Lambda,FunctionName} FunctionName="valetkey-" MetricName="${metric}"', '${statistic}', 60)`,
    usingMetrics: {},
    label: "",
    ...MINUTE,
  });

const title = (name: string, text: string): IWidget =>
  new TextWidget({ markdown: `## ${name}\n${text}`, width: WIDTH, height: 2 });

const graph = (name: string, left: IMetric[]): IWidget =>
  new GraphWidget({ title: name, left, width: WIDTH / 3, height: 6, leftYAxis: { min: 0 } });

const row = (...widgets: IWidget[]): IWidget[] => widgets;
