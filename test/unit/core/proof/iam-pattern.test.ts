import { describe, expect, it } from "vitest";
import { actionMatcher, doubtOf, iamPattern, resourcePattern } from "../../../../functions/core/proof/iam-pattern.ts";
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
  const TYPE = "wildcards in the type of a resource";
  it.each([
    ["*", ANY],
    ["arn:aws:s3:::k/a", "arn:aws:s3:::k/a"],
    ["arn:aws:s3:::k/a*", `arn:aws:s3:::k/a${ANY}`],
    ["arn:aws:s3:::*pii*/a", `arn:aws:s3:::${ANY}pii${ANY}/a`],
    ["arn:*:s3:?::k", `arn:${ANY_IN_PART}:s3:${ONE_IN_PART}::k`],
    ["arn:aws:sqs:a:b:c:*?", `arn:aws:sqs:a:b:c:${ANY}${ONE}`],
    ["arn:aws:s3:::${*}${?}${$}", "arn:aws:s3:::*?$"],
    ["arn:aws:ec2:a:b:i${*}e/x", "arn:aws:ec2:a:b:i*e/x"],
    ["arn:aws:ec2:a:b:instance/*", `arn:aws:ec2:a:b:instance/${ANY}`],
    ["xarn:aws:ec2:a:b:i*e/x", `xarn:aws:ec2:a:b:i${ANY}e/x`],
    ["arn:aws:sqs:a:b:i*ef", `arn:aws:sqs:a:b:i${ANY}ef`],
    ["arn:aws:ec2:a:b:i*e/x", `arn:aws:ec2:a:b:i${ANY}e/x`, TYPE],
    ["arn:aws:ec2:a:b:i?e:x", `arn:aws:ec2:a:b:i${ONE}e:x`, TYPE],
    ["arn:aws:ec2:eu-west-1:111122223333:inst*nce/x", `arn:aws:ec2:eu-west-1:111122223333:inst${ANY}nce/x`, TYPE],
    ["arn:aws:s3:::${aws:username}/a", `arn:aws:s3:::${ANY}/a`, "itself"],
    ["arn:aws:s3:::${x*}", `arn:aws:s3:::${ANY}`, "itself"],
    ["arn:aws:s3:::${*x}", `arn:aws:s3:::${ANY}`, "itself"],
    ["arn:aws:s3:::${}", `arn:aws:s3:::${ANY}`, "itself"],
    // The value may hold colons: what is behind it may be another part.
    ["arn:aws:${x}:?:*:c", `arn:aws:${ANY}:${ONE}:${ANY}:c`, "itself"],
    ["arn:aws:*:${x}:a:b:*", `arn:aws:${ANY_IN_PART}:${ANY}:a:b:${ANY}`, "itself"],
    ["arn:aws:ec2:a:b", `arn:aws:ec2:a:b${ANY}`, "itself"],
    ["arn:aws:s3::${a:b:c}", `arn:aws:s3::${ANY}${ANY}`, "itself"],
    ["arn:aws:*pii?", `arn:aws:${ANY}pii${ONE}${ANY}`, "itself"],
    ["", ANY, "itself"],
    ["arn:aws:S3:::K/A", `arn:aws:${ONE_IN_PART}3:::K/A`, "itself"],
    ["arn:AWS*:s3:::k/*", `arn:${ONE_IN_PART.repeat(3)}${ANY_IN_PART}:s3:::k/${ANY}`, "itself"],
    ["arn:aws:${*}3:::k", `arn:aws:${ONE_IN_PART}3:::k`, "itself"],
    ["Arn:aws:s3:::k", `${ONE_IN_PART}rn:aws:s3:::k`, "itself"],
    ["A:A:A:A:A:k", `${`${ONE_IN_PART}:`.repeat(5)}k`, "itself"],
    ["arn:aws:s3:::K/${*}", "arn:aws:s3:::K/*"],
    ["arn:aws-us-gov:s3:us-gov-west-1:111122223333:a", "arn:aws-us-gov:s3:us-gov-west-1:111122223333:a"],
  ])("%s", (text, pattern, doubt?: string) => {
    expect([resourcePattern(text), doubtOf(text)]).toEqual([pattern, doubt === "itself" ? text : doubt]);
  });
});
