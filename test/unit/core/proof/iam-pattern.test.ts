import { describe, expect, it } from "vitest";
import { actionMatcher, iamPattern, resourcePattern } from "../../../../functions/core/proof/iam-pattern.ts";
import { ANY, ANY_IN_PART, ONE, ONE_IN_PART } from "../../../../functions/core/proof/language.ts";

describe("a pattern for actions", () => {
  it.each([
    ["s3:GetObject", "s3:GetObject"],
    ["S3:getobject", "s3:GetObject"],
    ["*", "s3:GetObject"],
    ["s3:*", "s3:GetObject"],
    ["s3:Get*", "s3:Get"],
    ["s3:*Object", "s3:GetObject"],
    ["s3:*t*t", "s3:GetObject"],
    ["s3:Get**", "s3:GetObject"],
    ["s3:Get?bject", "s3:GetObject"],
    ["s3:?????????", "s3:GetObject"],
    ["*:*?t", "s3:GetObject"],
    ["s3:*ab", "s3:aab"],
  ])("%s names %s", (pattern, action) => {
    expect(actionMatcher([pattern])(action)).toBe(true);
    expect(actionMatcher(["ec2:Run*", pattern])(action)).toBe(true);
  });

  it.each([
    ["s3:GetObject", "s3:GetObjects"],
    ["s3:Get*", "s3:Ge"],
    ["s3:*Object", "s3:GetObjectAcl"],
    ["s3:?", "s3:Ab"],
    ["s3:?", "s3:"],
    ["s3:Get?", "s3:Get"],
    ["s3:*a*b", "s3:ba"],
    ["s3:*ab", "s3:aba"],
    ["s3:a.b", "s3:axb"],
    ["s3:?x", "s3:s3:ax"],
    ["s3:?x", "s3:ab:ax"],
    ["s3:?x", "s3:ab?x"],
    ["", "s3:GetObject"],
  ])("%s does not name %s", (pattern, action) => {
    expect(actionMatcher([pattern])(action)).toBe(false);
    expect(actionMatcher(["ec2:Run*", pattern])(action)).toBe(false);
  });

  it("names as the regular expression does, for every small pattern and every word", () => {
    const listsOf = (letters: string, most: number): readonly string[] =>
      most === 0 ? [""] : listsOf(letters, most - 1).flatMap((list) => ["", ...letters].map((one) => list + one));
    const words = [...new Set(listsOf("ab", 4))];
    for (const pattern of new Set(listsOf("ab*?", 4))) {
      const regex = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
      const names = actionMatcher([pattern]);
      expect([pattern, words.filter((word) => names(word) !== regex.test(word))]).toEqual([pattern, []]);
    }
  });

  it("names nothing where there is none", () => {
    expect(actionMatcher([])("s3:GetObject")).toBe(false);
  });
});

describe("a text with wildcards", () => {
  it.each([
    ["a*b?", true, `a${ANY}b${ONE}`],
    ["a*b?", false, "a*b?"],
    ["${*}${?}${$}", true, "*?$"],
    ["a:b", true, "a:b"],
    ["$", true, "$"],
    ["", true, ""],
    ["${aws:username}", true, undefined],
    ["${aws:username}", false, undefined],
    ["${**}", true, undefined],
    ["${}", true, undefined],
  ])("%s, read with wildcards: %s", (text, wildcards, pattern) => {
    expect(iamPattern(text, wildcards)).toBe(pattern);
  });
});

describe("a resource", () => {
  it.each([
    ["*", ANY, ANY],
    ["arn:aws:s3:::k/a*", `arn:aws:s3:::k/a${ANY}`, `arn:aws:s3:::k/a${ANY}`],
    ["arn:aws:s3:::*pii*/a", `arn:aws:s3:::${ANY}pii${ANY}/a`, `arn:aws:s3:::${ANY}pii${ANY}/a`],
    ["arn:*:s3:?::k", `arn:${ANY_IN_PART}:s3:${ONE_IN_PART}::k`, `arn:${ANY_IN_PART}:s3:${ONE_IN_PART}::k`],
    ["arn:aws:sqs:a:b:c:*", `arn:aws:sqs:a:b:c:${ANY}`, `arn:aws:sqs:a:b:c:${ANY}`],
    ["arn:aws:s3:::${*}", "arn:aws:s3:::*", "arn:aws:s3:::*"],
    ["arn:aws:s3:::${aws:username}/a", `arn:aws:s3:::${ANY}/a`, undefined],
    ["arn:aws:${x}:a:b:c", `arn:aws:${ANY_IN_PART}:a:b:c`, undefined],
    ["arn:aws:ec2:a:b:i*e/x", `arn:aws:ec2:a:b:i${ANY}e/x`, undefined],
    ["arn:aws:ec2:a:b:i?e:x", `arn:aws:ec2:a:b:i${ONE}e:x`, undefined],
    ["arn:aws:ec2:a:b:i${*}e/x", "arn:aws:ec2:a:b:i*e/x", "arn:aws:ec2:a:b:i*e/x"],
    ["arn:aws:ec2:a:b:instance/*", `arn:aws:ec2:a:b:instance/${ANY}`, `arn:aws:ec2:a:b:instance/${ANY}`],
    ["arn:aws:ec2:eu-west-1:111122223333:inst*nce/x", `arn:aws:ec2:eu-west-1:111122223333:inst${ANY}nce/x`, undefined],
    ["xarn:aws:ec2:a:b:i*e/x", `xarn:aws:ec2:a:b:i${ANY}e/x`, `xarn:aws:ec2:a:b:i${ANY}e/x`],
    ["arn:aws:sqs:a:b:i*ef", `arn:aws:sqs:a:b:i${ANY}ef`, `arn:aws:sqs:a:b:i${ANY}ef`],
    ["arn:aws:s3:::${x*}", `arn:aws:s3:::${ANY}`, undefined],
    ["arn:aws:s3:::${*x}", `arn:aws:s3:::${ANY}`, undefined],
    ["arn:aws:ec2:a:b", undefined, undefined],
    ["arn:aws:*pii*", undefined, undefined],
    ["", undefined, undefined],
  ])("%s", (text, inAllow, inDeny) => {
    expect([resourcePattern(text, "Allow"), resourcePattern(text, "Deny")]).toEqual([inAllow, inDeny]);
  });
});
