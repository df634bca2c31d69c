import { Annotations, Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { CONFIG, deployedStacks } from "./deployed-stacks.ts";

const warningsOf = (archive: object) => {
  const { hub } = deployedStacks({ ...CONFIG, archive });
  return Annotations.fromStack(hub).findWarning("*", Match.stringLikeRegexp("archive\\.mode is compliance"));
};

describe("the lock of the archive", () => {
  it("brings one warning at synth where nobody can lift it, with its days", () => {
    const warnings = warningsOf({ mode: "compliance", days: 400 });
    expect(warnings).toHaveLength(1);
    expect(String(warnings[0]?.entry.data)).toMatch(/for 400 days nobody can remove .* not even the account's root/);
  });

  it("brings no warning where a person may lift it", () => {
    expect([warningsOf({}), warningsOf({ mode: "governance", days: 400 })]).toEqual([[], []]);
  });
});
