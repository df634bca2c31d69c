import { describe, expect, it } from "vitest";
import { compileSessionPolicy, SESSION_POLICY_CHARACTERS } from "../../../../functions/core/policy/compile.ts";
import { allows } from "../../../property/small-iam.ts";
import { asPermitted, onObjects, TAGGED } from "./pairs.ts";
import { forbid, PERMIT_ALL, verdict } from "./sets.ts";

/** STS API reference, AssumeRole, Policy: its characters, and its length in bytes. */
const TAKEN = /^[\t\n\r -ÿ]+$/;

const OBJECTS = onObjects("arn:aws:s3:::acme/*");

describe("a character that STS does not take", () => {
  it.each(["ł", "é", "日本", "\u{1F511}", "\u007f", "\n"])("%j is an escape in the session policy", (name) => {
    const answer = verdict([PERMIT_ALL, forbid(`resource.arn like "*/${name}/*"`)], OBJECTS);
    if (!("permitted" in answer)) throw new Error(answer.denied.denial.reason);
    const { text, characters } = compileSessionPolicy([answer.permitted], { fenceAt: 0 });
    expect(text).toMatch(TAKEN);
    expect(Buffer.byteLength(text)).toBe(characters);
    const reads = (key: string) => allows(text, "s3:GetObject", { arn: `arn:aws:s3:::acme/${key}`, tags: {} });
    expect([reads(`a/${name}/b`), reads("a/l/b")]).toEqual([false, true]);
  });

  it("counts as the six that it takes", () => {
    const tagged = (value: string) => ({
      ...asPermitted({ ...OBJECTS, ...TAGGED }),
      conditions: [{ StringEquals: { "aws:ResourceTag/team": [value] } }],
    });
    const sizeOf = (value: string) => compileSessionPolicy([tagged(value)], { fenceAt: 0 }).characters;
    expect(sizeOf("日本")).toBe(sizeOf("x".repeat(12)));
    expect(sizeOf("日".repeat(250))).toBeLessThan(SESSION_POLICY_CHARACTERS);
    expect(sizeOf("日".repeat(400))).toBeGreaterThan(SESSION_POLICY_CHARACTERS);
  });
});
