import { Annotations, Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { CONFIG, deployedStacks } from "./deployed-stacks.ts";

const warningsOf = (archive: object, said = "archive\\.mode is compliance") => {
  const { hub } = deployedStacks({ ...CONFIG, archive });
  return Annotations.fromStack(hub).findWarning("*", Match.stringLikeRegexp(said));
};

describe("the lock of the archive", () => {
  it("brings one warning at synth where nobody can lift it, with its days", () => {
    const warnings = warningsOf({ mode: "compliance", days: 400 });
    expect(warnings).toHaveLength(1);
    expect(String(warnings[0]?.entry.data)).toMatch(/for 400 days nobody can remove .* not even the account's root/);
  });

  it.each([
    [{}, 1],
    [{ days: 183 }, 1],
    [{ days: 184 }, 0],
    [{ mode: "compliance", days: 400 }, 0],
  ])(
    "brings a warning at synth where it is shorter than the six months that the law asks for: %j",
    (archive, count) => {
      expect(warningsOf(archive, "archive\\.days is \\d+: .* EU AI Act")).toHaveLength(count);
    },
  );

  it("brings no warning where a person may lift it", () => {
    expect([warningsOf({}), warningsOf({ mode: "governance", days: 400 })]).toEqual([[], []]);
  });
});
