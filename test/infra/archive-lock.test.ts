import { Annotations, Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { CONFIG, deployedStacks } from "./deployed-stacks.ts";

const warningsOf = (archive: object) => {
  const { hub } = deployedStacks({ ...CONFIG, archive });
  return Annotations.fromStack(hub).findWarning("*", Match.stringLikeRegexp("archive\\.mode is compliance"));
};

describe("the lock of the archive", () => {
  it("is told of at synth where nobody can lift it: its days, and that persons stay", () => {
    const told = warningsOf({ mode: "compliance", days: 400 });
    expect(told).toHaveLength(1);
    expect(String(told[0]?.entry.data)).toMatch(/for 400 days nobody can remove .* not even the account's root/);
  });

  it("is not told of where a person may lift it", () => {
    expect([warningsOf({}), warningsOf({ mode: "governance", days: 400 })]).toEqual([[], []]);
  });
});
