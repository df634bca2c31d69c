import { describe, expect, it } from "vitest";
import { mergedStatements, single } from "../../../../functions/core/policy/merge-statements.ts";

describe("statements", () => {
  const rule = (action: string, resource: string) => ({ action, resource, condition: {} });

  it("share resources rather than actions where that is as short, and have no conditions where there are none", () => {
    expect(mergedStatements("Deny", [rule("s3:aa", "arn:1"), rule("s3:aa", "arn:2"), rule("s3:bb", "arn:1")])).toEqual([
      { Effect: "Deny", Action: "s3:aa", Resource: ["arn:1", "arn:2"] },
      { Effect: "Deny", Action: "s3:bb", Resource: "arn:1" },
    ]);
  });

  it("are none of no rules", () => {
    expect(mergedStatements("Allow", [])).toEqual([]);
  });
});

describe("a list in a policy", () => {
  it("of one is the one; any other is itself", () => {
    expect(single(["a"])).toBe("a");
    expect(single(["a", "b"])).toEqual(["a", "b"]);
    expect(single([])).toEqual([]);
  });
});
