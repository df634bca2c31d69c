import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { nameIn, type Prefixed, prefixOf } from "../../../functions/hub-names.ts";
import type { SteadyName } from "../../../functions/names.ts";
import { type LogMetric, METRICS } from "../../metrics.ts";

/** Filters of the functions' logs, from which CloudWatch makes the metrics of `METRICS`. */
export class LogMetrics extends Construct {
  constructor(scope: Construct, id: string, hub: Prefixed, functions: Readonly<Record<SteadyName, LambdaFunction>>) {
    super(scope, id);
    const metrics: readonly LogMetric[] = METRICS;
    for (const { name, of, where, value, by } of metrics) {
      for (const each of of) {
        new MetricFilter(this, `${each}-${name}`, {
          logGroup: functions[each].logGroup,
          filterName: nameIn(hub, name),
          filterPattern: FilterPattern.all(
            ...Object.entries(where).map(([field, text]) => FilterPattern.stringValue(`$.${field}`, "=", text)),
          ),
          metricNamespace: prefixOf(hub),
          metricName: name,
          metricValue: value === undefined ? "1" : `$.${value}`,
          ...(by === undefined ? {} : { dimensions: { [by]: `$.${by}` } }),
        });
      }
    }
  }
}
