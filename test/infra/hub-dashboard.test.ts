import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { deployedStacks, resourcesOf } from "./deployed-stacks.ts";

const { hub } = deployedStacks();

/** Text of the dashboard, where each part that CloudFormation fills in is its logical id. */
function bodyOf(dashboard: Readonly<Record<string, unknown>>): string {
  const joined = dashboard.DashboardBody as { readonly "Fn::Join": readonly [string, readonly unknown[]] };
  return joined["Fn::Join"][1]
    .map((part) =>
      typeof part === "string"
        ? part
        : Object.values(part as object)
            .flat()
            .join("."),
    )
    .join("");
}

interface Widget {
  readonly type: string;
  readonly width: number;
  readonly x: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

describe("the hub's dashboard", () => {
  const dashboards = resourcesOf(hub, "AWS::CloudWatch::Dashboard");
  const { widgets } = JSON.parse(bodyOf(dashboards[0] ?? {})) as { readonly widgets: readonly Widget[] };
  const drawn = widgets.flatMap(({ properties }) => properties.metrics ?? []);

  it("is one of the three that cost nothing", () => {
    expect(dashboards.map(({ DashboardName }) => DashboardName)).toEqual(["valetkey"]);
  });

  it("shows every alarm", () => {
    const shown = widgets.flatMap(({ properties }) => properties.alarms ?? []);
    expect(shown).toHaveLength(resourcesOf(hub, "AWS::CloudWatch::Alarm").length);
  });

  it("draws no metric of ours that nothing emits", () => {
    const emitted = resourcesOf(hub, "AWS::Logs::MetricFilter").flatMap(({ MetricTransformations }) =>
      (MetricTransformations as { MetricName: string }[]).map(({ MetricName }) => MetricName),
    );
    const ours = drawn.flatMap(([namespace, name]) => (namespace === "valetkey" ? [name] : []));
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.filter((name) => !emitted.includes(String(name)))).toEqual([]);
  });

  it.each(["Errors", "Throttles"])("draws the %s of each function of the hub, and of no other", (metric) => {
    const named = drawn.flatMap(([namespace, name, dimension, each]) =>
      namespace === "AWS/Lambda" && name === metric && dimension === "FunctionName" ? [String(each)] : [],
    );
    const ours = Object.entries(Template.fromStack(hub).findResources("AWS::Lambda::Function")).flatMap(
      ([id, { Properties }]) => (String(Properties?.FunctionName).startsWith("valetkey-") ? [id] : []),
    );
    expect(named.sort()).toEqual(ours.sort());
    expect(named.length).toBeGreaterThan(15);
  });

  it("fits the grid: no widget exceeds the 24 columns", () => {
    for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
  });
});
