import { describe, expect, it } from "vitest";
import { expandActions } from "../../../../functions/core/catalogue/expand-actions.ts";
import { isProblem } from "../../../../functions/core/catalogue/problem.ts";
import { catalogue } from "./load-catalogue.ts";

function namesOf(...patterns: string[]): readonly string[] {
  const expanded = expandActions(catalogue, patterns);
  if (isProblem(expanded)) throw new Error(expanded.problem);
  return expanded.actions.map(({ name }) => name);
}

describe("expandActions", () => {
  it("puts names into AWS's own case, whatever the case requested", () => {
    expect(namesOf("S3:getobject")).toEqual(["s3:GetObject"]);
  });

  it("expands a wildcard to every action that IAM would read from it", () => {
    expect(namesOf("dynamodb:*getitem")).toEqual(["dynamodb:BatchGetItem", "dynamodb:GetItem"]);
    const all = namesOf("s3:*");
    expect(all).toHaveLength(catalogue.service("s3")?.names.length ?? 0);
    expect(all).toEqual([...all].sort());
    expect(namesOf("s3:G*t*Obj*t")).toContain("s3:GetObject");
  });

  it("names each action once, in the order requested", () => {
    expect(namesOf("s3:PutObject", "s3:GetObject", "s3:PutObject", "s3:*etObject", "s3:getobject")).toEqual([
      "s3:PutObject",
      "s3:GetObject",
    ]);
  });

  it.each([
    ["*", /all of AWS/],
    ["*:*", /all of AWS/],
    ["s3:Get?bject", /in place of `\?`/],
    ["*:GetObject", /service takes no wildcard/],
    ["s*:GetObject", /service takes no wildcard/],
    ["s3", /service:Action/],
    ["s3:", /service:Action/],
    [":GetObject", /service:Action/],
    ["s3:Get:Object", /service:Action/],
    ["s3:Get Object", /service:Action/],
    ["s3:GetObject\n", /service:Action/],
    [`s3:${"a".repeat(126)}`, /service:Action/],
    ["", /service:Action/],
    ["s3:GetObjekt", /^There is no action `s3:GetObjekt`; did you mean `s3:GetObject`\?$/],
    ["s3:ListObjects", /^There is no action `s3:ListObjects`, which is a call: its action is `s3:ListBucket`\.$/],
    ["s3:listobjectsv2", /`s3:listobjectsv2`, which is a call: its action is `s3:ListBucket`\.$/],
    ["s3:HeadObject", /its action is `s3:GetObject`\.$/],
    ["dynamodb:TransactGetItems", /its action is `dynamodb:GetItem`\.$/],
    ["s3:Frobnicate", /^There is no action `s3:Frobnicate`\.$/],
    ["dynamdb:GetItem", /^There is no AWS service `dynamdb`; did you mean `dynamodb`\?$/],
    ["frobnication:Get", /^There is no AWS service `frobnication`\.$/],
    ["s3:Frob*", /^No action of `s3` matches `s3:Frob\*`\.$/],
  ])("refuses %j and names the remedy", (pattern, problem) => {
    expect(expandActions(catalogue, ["s3:GetObject", pattern])).toEqual({ problem: expect.stringMatching(problem) });
  });

  it("takes 50 patterns at most", () => {
    expect(
      isProblem(
        expandActions(
          catalogue,
          Array.from({ length: 50 }, () => "s3:GetObject"),
        ),
      ),
    ).toBe(false);
    expect(
      expandActions(
        catalogue,
        Array.from({ length: 51 }, () => "s3:GetObject"),
      ),
    ).toEqual({ problem: expect.stringMatching(/at most 50/) });
  });

  it("I8: repeats no characters that an action cannot have", () => {
    const answer = expandActions(catalogue, ["s3:<script>"]);
    expect(JSON.stringify(answer)).not.toContain("script");
  });
});
