import { describe, expect, it } from "vitest";
import { FUNCTIONS } from "../../functions/names.ts";
import { deployedStacks, resourcesOf } from "../infra/deployed-stacks.ts";
import { read } from "./pages.ts";

describe("docs/runbook.md", () => {
  const rows = [...read("docs/runbook.md").matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)];

  it("has each alarm of the stack once, and no other", () => {
    const deployed = resourcesOf(deployedStacks().hub, "AWS::CloudWatch::Alarm").map(({ AlarmName }) =>
      String(AlarmName).replace(/^valetkey-/, ""),
    );
    const listed = rows.flatMap(([, name = ""]) =>
      name.startsWith("<function>") ? FUNCTIONS.map((each) => name.replace("<function>", each)) : [name],
    );
    const answering = (name: string) => !name.endsWith("-deployment-broken") || deployed.includes(name);
    expect(listed.filter(answering).toSorted()).toEqual(deployed.toSorted());
  });

  it("says for each what it means and what to do", () => {
    for (const [, , means = "", todo = ""] of rows)
      expect([means, means.length > 15, todo.length > 14]).toEqual([means, true, true]);
  });
});
