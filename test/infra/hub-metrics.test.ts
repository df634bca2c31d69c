import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { REFUSALS } from "../../contract/refusals.ts";
import { ROUTES } from "../../functions/routes.ts";
import { type LogMetric, METRICS } from "../../infra/metrics.ts";
import { deployedStacks, resourcesOf } from "./deployed-stacks.ts";

const { hub } = deployedStacks();
const FUNCTIONS_DIR = fileURLToPath(new URL("../../functions/", import.meta.url));
const TABLE: readonly LogMetric[] = METRICS;

/** Sources that a function is made of: its own folder, and what functions share, but for other functions' folders. */
const sourcesOf = (name: FunctionName): readonly string[] =>
  readdirSync(FUNCTIONS_DIR, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .filter((file) => !FUNCTIONS.some((other) => other !== name && file.startsWith(`${other}/`)))
    .map((file) => readFileSync(join(FUNCTIONS_DIR, file), "utf8"));

/** Calls of `log.write` with their fields. */
const linesIn = (source: string): readonly string[] =>
  source
    .split("log.write({")
    .slice(1)
    .map((part) => part.split("});")[0] ?? "");

const filters = resourcesOf(hub, "AWS::Logs::MetricFilter").map((filter) => {
  const [{ MetricName, MetricValue, Dimensions } = { MetricName: "", MetricValue: "", Dimensions: undefined }] =
    filter.MetricTransformations as { MetricName: string; MetricValue: string; Dimensions?: object }[];
  return {
    MetricName,
    MetricValue,
    Dimensions,
    FilterPattern: filter.FilterPattern,
    log: JSON.stringify(filter.LogGroupName),
  };
});

describe("the hub's metrics", () => {
  it.each(TABLE.map((metric) => [metric.name, metric] as const))(
    "%s counts lines that its functions write",
    (_, metric) => {
      for (const name of metric.of) {
        const writing = sourcesOf(name)
          .flatMap(linesIn)
          .filter((line) => line.includes(`"${metric.where.event}"`))
          .filter((line) => metric.value === undefined || new RegExp(`\\b${metric.value}\\b`).test(line))
          .filter((line) => metric.by === undefined || new RegExp(`\\b${metric.by}\\b`).test(line));
        expect([name, writing.length > 0]).toEqual([name, true]);
      }
    },
  );

  it.each(TABLE.map((metric) => [metric.name, metric] as const))("%s is deployed as in the table", (name, metric) => {
    const own = filters.filter(({ MetricName }) => MetricName === name);
    expect(own).toHaveLength(metric.of.length);
    for (const { FilterPattern, MetricValue, Dimensions } of own) {
      for (const [field, text] of Object.entries(metric.where))
        expect(FilterPattern).toContain(`$.${field} = "${text}"`);
      expect(MetricValue).toBe(metric.value === undefined ? "1" : `$.${metric.value}`);
      expect(Dimensions).toEqual(metric.by && [{ Key: metric.by, Value: `$.${metric.by}` }]);
    }
    for (const function_ of metric.of)
      expect(own.some(({ log }) => log.includes(`"${function_.replace("-", "")}Log`))).toBe(true);
  });

  it("have no dimension but a refusal's code, of which there are as many as the table of refusals has: no agent multiplies them", () => {
    const keys = filters.flatMap(({ Dimensions }) => ((Dimensions ?? []) as { Key: string }[]).map(({ Key }) => Key));
    expect(new Set(keys)).toEqual(new Set(["code"]));
    expect(Object.keys(REFUSALS).length).toBeLessThan(100);
  });

  it("count a vend by a route that there is", () => {
    const [vend] = METRICS;
    expect(ROUTES.map(({ method, path }) => `${method} ${path}`)).toContain(vend.where.route);
  });
});
