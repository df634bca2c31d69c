import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { ceilingIn, ceilingOf, EMPTY_LINE, lineOf, withLine } from "../../../console/consents/ceiling.ts";
import { agentId } from "../../../contract/agent-id.ts";
import { requestedDetails } from "../../../contract/authorization-details.ts";

const READS = {
  ...EMPTY_LINE,
  account: " 111122223333 ",
  actions: "s3:GetObject, s3:ListBucket\ns3:GetObject",
  resources: "arn:aws:s3:::a/*, arn:aws:s3:::b/x,y",
};
const TICKETS = { ...EMPTY_LINE, kind: "tool" as const, server: "tickets", tools: "search read" };

describe("the ceiling of a consent's lines", () => {
  it("has a detail of each line, as the hub takes it", () => {
    const made = ceilingOf([READS, TICKETS]);
    expect(made).toEqual({
      details: [
        {
          type: "aws",
          account: "111122223333",
          actions: ["s3:GetObject", "s3:ListBucket"],
          resources: ["arn:aws:s3:::a/*", "arn:aws:s3:::b/x,y"],
        },
        { type: "tool", server: "tickets", tools: ["search", "read"] },
      ],
    });
    expect("details" in made && v.is(requestedDetails, made.details)).toBe(true);
  });

  it("has nothing of the fields of the other kind", () => {
    expect(ceilingOf([{ ...READS, kind: "tool", server: "tickets", tools: "search" }])).toEqual({
      details: [{ type: "tool", server: "tickets", tools: ["search"] }],
    });
  });

  it.each([
    [{ account: "1" }, "Choose the account: its id has 12 digits."],
    [{ actions: " , " }, "Write an action, such as s3:GetObject."],
    [{ actions: "s3GetObject" }, '"s3GetObject" is no action. Write service:Name, such as s3:GetObject or s3:Get*.'],
    [{ actions: "s3:Get\u202eObject" }, '"s3:Get\\u{202E}Object" is no action.'],
    [{ actions: "*" }, '"*" is no action.'],
    [{ actions: Array.from({ length: 51 }, (_, nth) => `s3:A${nth}`).join(" ") }, "A line may have 50 actions."],
    [{ resources: Array.from({ length: 101 }, (_, nth) => `arn:aws:s3:::b/${nth}`).join("\n") }, "100 resources."],
    [{ resources: "" }, "Write a resource: an ARN, or * for actions that have no resource."],
    [{ resources: "acme-data/reports" }, '"acme-data/reports" is no ARN.'],
    [{ resources: "arn:aws:s3:*::a" }, '"arn:aws:s3:*::a" is no ARN.'],
    [{ resources: "arn:aws:s3:::$" + "{aws:username}" }, "is no ARN."],
    [{ resources: `arn:aws:s3:::${"a".repeat(600)}` }, '…" is no ARN.'],
    [{ resources: "arn:aws:sqs:eu-central-1:999988887777:q" }, "is in another account than the line."],
    [{ resources: "arn:aws:s3:::*/*/*/*/*" }, "has more than 4 asterisks."],
  ])("names what is missing in %j", (change, says) => {
    expect(ceilingOf([{ ...READS, ...change }])).toEqual({ says: expect.stringContaining(says) });
  });

  it.each([
    [{ server: "T" }, "Name the tool server by its id, such as tickets."],
    [{ tools: "" }, "Write a tool, such as search."],
    [{ tools: "search*" }, '"search*" is no tool\'s name'],
    [{ tools: Array.from({ length: 51 }, (_, nth) => `t${nth}`).join(" ") }, "A line may have 50 tools."],
  ])("names what is missing in %j of a tool server", (change, says) => {
    expect(ceilingOf([{ ...TICKETS, ...change }])).toEqual({ says: expect.stringContaining(says) });
  });

  it("names the line where there are several", () => {
    expect(ceilingOf([READS, EMPTY_LINE])).toEqual({ says: "Line 2: Choose the account: its id has 12 digits." });
  });

  it("is no longer than the hub takes", () => {
    const long = {
      ...READS,
      resources: Array.from({ length: 10 }, (_, nth) => `arn:aws:s3:::${nth}${"a".repeat(400)}`).join(" "),
    };
    expect(ceilingOf([long])).toEqual({ says: expect.stringContaining("4096 characters") });
    expect(ceilingOf(Array.from({ length: 11 }, () => TICKETS))).toEqual({ says: "A consent may have 10 lines." });
  });

  it("takes * by itself as a resource", () => {
    expect(ceilingOf([{ ...READS, resources: "*" }])).toMatchObject({ details: [{ resources: ["*"] }] });
  });
});

describe("a ceiling in JSON", () => {
  it("is taken as it is, with kinds that the lines do not have", () => {
    expect(ceilingIn('[{"type":"secret","actions":["read"]}]')).toEqual({
      details: [{ type: "secret", actions: ["read"] }],
    });
  });

  it.each(["", "[{", "{}", "[]", "7"])("is a list that is not empty, unlike %j", (json) => {
    expect(ceilingIn(json)).toEqual({ says: expect.stringContaining("as a JSON list") });
  });
});

describe("a line of a reach", () => {
  const detail = {
    type: "aws" as const,
    account: "111122223333",
    actions: ["s3:GetObject", "s3:PutObject"],
    resources: ["arn:aws:s3:::a/x,y", "arn:aws:s3:::b/*"],
  };
  const tool = { type: "tool" as const, server: agentId("tickets"), tools: ["search", "read"] };

  it.each([detail, tool])("makes the same detail again", (each) => {
    const line = lineOf(each);
    expect(line && ceilingOf([line])).toEqual({ details: [each] });
  });

  it.each([
    { ...detail, conditions: { Bool: { "aws:SecureTransport": ["true"] } } },
    { ...detail, account: "1\u202e11122223333" },
    { ...detail, actions: ["s3:GetObject, s3:DeleteObject"] },
    { ...detail, type: "later" },
  ])("is none for a detail that it would change: %j", (each) => {
    expect(lineOf(each)).toBeUndefined();
  });

  it("takes the place of an empty line, and leaves one", () => {
    const [one, other] = [lineOf(detail) ?? EMPTY_LINE, lineOf(tool) ?? EMPTY_LINE];
    expect(withLine([EMPTY_LINE], one, true)).toEqual([one]);
    expect(withLine([one], other, true)).toEqual([one, other]);
    expect(withLine([one, other], one, false)).toEqual([other]);
    expect(withLine([other], other, false)).toEqual([EMPTY_LINE]);
  });
});
