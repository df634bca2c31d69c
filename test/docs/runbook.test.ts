import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { METRICS } from "../../infra/metrics.ts";
import { CONFIG, deployedStacks, HEARING, resourcesOf } from "../infra/deployed-stacks.ts";
import { read, table } from "./pages.ts";

describe("the metrics in docs/runbook.md", () => {
  it("are those of the dashboard, and no others", () => {
    const listed = table(read("docs/runbook.md"), "| metric | is |").map(([name]) => name);
    expect(listed).toEqual(METRICS.map(({ name }) => `\`${name}\``));
  });
});

describe("docs/runbook.md", () => {
  const rows = [...read("docs/runbook.md").matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];

  it("has each alarm of the stack once, and no other", () => {
    const organization = { units: ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111"], management: accountId("777788889999") };
    const deployed = resourcesOf(
      deployedStacks({ ...CONFIG, siem: true, ...HEARING, organization }).hub,
      "AWS::CloudWatch::Alarm",
    ).map(({ AlarmName }) => String(AlarmName).replace(/^valetkey-/, ""));
    expect(rows.map(([, name]) => name).toSorted()).toEqual(deployed.toSorted());
  });

  it("gives the meaning and the remedy of each", () => {
    for (const [, , means = "", todo = ""] of rows)
      expect([means, means.length > 15, todo.length > 14]).toEqual([means, true, true]);
  });
});
