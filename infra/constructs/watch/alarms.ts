import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { FilterPattern, type IFilterPattern, MetricFilter } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { nameIn, type Prefixed, prefixOf } from "../../../functions/hub-names.ts";
import type { SteadyName } from "../../../functions/names.ts";

type Functions = Readonly<Record<SteadyName, LambdaFunction>>;

/** Alarms of the hub, and the metrics of functions' log lines that they read. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  readonly hub: Prefixed;
  readonly #topics: readonly ITopic[];

  constructor(scope: Construct, id: string, hub: Prefixed, topics: readonly ITopic[]) {
    super(scope, id);
    this.hub = hub;
    this.#topics = topics;
  }

  /** Makes an alarm for each function's lines of level `error`. @param meanings of these lines, by function. */
  addLoud(meanings: Readonly<Partial<Record<SteadyName, string>>>, functions: Functions): void {
    for (const [name, meaning] of Object.entries(meanings)) {
      const metric = this.#errorLines(name, functions[name as SteadyName]);
      this.add(`${name}-loud`, meaning, { metric, atLeast: 1 });
    }
  }

  /** Makes a metric of a function's own log lines: the count of an event, or a statistic of a number in its lines. The period is a minute unless given. */
  logged(
    { logGroup }: LambdaFunction,
    name: string,
    {
      event,
      value,
      statistic = "sum",
      period = Duration.minutes(1),
    }: { event: string; value?: string; statistic?: string; period?: Duration },
  ): IMetric {
    return new MetricFilter(this, `${name}-lines`, {
      logGroup,
      filterName: nameIn(this.hub, name),
      filterPattern: FilterPattern.stringValue("$.event", "=", event),
      metricNamespace: prefixOf(this.hub),
      metricName: name,
      metricValue: value === undefined ? "1" : `$.${value}`,
    }).metric({ period, statistic });
  }

  /** Makes one metric of the log lines of several functions that match a pattern. */
  loggedBy(names: readonly SteadyName[], name: string, filterPattern: IFilterPattern, functions: Functions): Metric {
    for (const each of names) {
      new MetricFilter(this, `${each}-${name}-lines`, {
        logGroup: functions[each].logGroup,
        filterPattern,
        metricNamespace: prefixOf(this.hub),
        metricName: name,
        metricValue: "1",
      });
    }
    return new Metric({
      namespace: prefixOf(this.hub),
      metricName: name,
      period: Duration.minutes(1),
      statistic: "sum",
    });
  }

  /** Makes a metric of a function's log lines of level `error`: failed work, or facts that a person has to see. */
  #errorLines(name: string, { logGroup }: LambdaFunction): IMetric {
    const filter = new MetricFilter(this, `${name}-error-lines`, {
      logGroup,
      filterPattern: FilterPattern.stringValue("$.level", "=", "error"),
      metricNamespace: prefixOf(this.hub),
      metricName: `${name}-error-lines`,
      metricValue: "1",
    });
    return filter.metric({ period: Duration.minutes(1), statistic: "sum" });
  }

  /** Makes an alarm that rings at the topics: at `atLeast` or more or, where silence means trouble, at `atMost` or less. */
  add(
    name: string,
    meaning: string,
    when: { metric: IMetric; minutes?: number } & ({ atLeast: number } | { atMost: number }),
  ): void {
    const tooLow = "atMost" in when;
    const alarm = new Alarm(this, name, {
      alarmName: nameIn(this.hub, name),
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
    this.all.push(alarm);
  }
}
