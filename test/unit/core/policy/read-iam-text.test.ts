import { describe, expect, it } from "vitest";
import { readIamText } from "../../../../functions/core/policy/read-iam-text.ts";
import { iamText } from "../../../../functions/core/policy/remainders.ts";
import type { Glob } from "../../../../functions/core/text/glob.ts";

const literal = (text: string) => ({ literal: text });

describe("a text of a policy is read as IAM reads it", () => {
  it.each<readonly [string, Glob]>([
    ["", []],
    ["arn:aws:s3:::acme/x", [literal("arn:aws:s3:::acme/x")]],
    ["a*b*", [literal("a"), "any", literal("b"), "any"]],
    ["a${*}b${?}${$}{c}", ["a", "*", "b", "?", "$", "{c}"].map(literal)],
  ])("%s", (text, glob) => {
    expect(readIamText(text)).toEqual(glob);
    expect(iamText(glob)).toBe(text);
  });

  it.each(["${aws:username}", "a$", "a?"])(
    "a text is not read at all where it holds what is not read here: %s",
    (text) => {
      expect(readIamText(text)).toBeUndefined();
    },
  );

  it("without wildcards where the operator has none", () => {
    expect(readIamText("a*?", false)).toEqual(["a", "*", "?"].map(literal));
    expect(readIamText("$", false)).toBeUndefined();
  });
});
