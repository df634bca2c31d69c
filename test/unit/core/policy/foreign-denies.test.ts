import { describe, expect, it } from "vitest";
import { canShare } from "../../../../functions/core/policy/foreign-denies.ts";
import { cpuMillisecondsUntil } from "../../cpu-milliseconds.ts";
import { asPermitted, onObjects } from "./pairs.ts";

/** Grant of one folder, with Denies below it. */
const folder = (name: string, denied: readonly string[]) => [
  {
    ...asPermitted(onObjects(`arn:aws:s3:::lake/${name}/*`)),
    denies: [{ resources: denied.map((each) => `arn:aws:s3:::lake/${each}`), conditions: {} }],
  },
];

describe("two grants", () => {
  it.each([
    ["share where the Denies of each are below its own folder", folder("a", ["a/*x"]), folder("b", ["b/*x"]), true],
    ["do not share where a Deny of one is below the other's folder", folder("a", ["*x"]), folder("b", ["b/y"]), false],
    ["do not share in the other order", folder("b", ["b/y"]), folder("a", ["*x"]), false],
    ["share where the other's own Denies deny the same", folder("a", ["*x"]), folder("b", ["b/*x"]), true],
  ])("%s", (_, one, other, expected) => {
    expect(canShare(one, other, () => {})).toBe(expected);
    expect(
      canShare(one, other, () => {}),
      "again",
    ).toBe(expected);
  });

  it("are compared at little cost: 120 folders, each with all others, with eight Denies each", async () => {
    const grants = Array.from({ length: 120 }, (_, nth) =>
      folder(
        `w${nth}`,
        Array.from({ length: 8 }, (_, each) => `w${nth}/*k${each}`),
      ),
    );
    const tookMs = await cpuMillisecondsUntil(async () => {
      expect(grants.every((one) => grants.every((other) => canShare(one, other, () => {})))).toBe(true);
    });
    expect(tookMs, "of CPU").toBeLessThan(600);
  });
});
