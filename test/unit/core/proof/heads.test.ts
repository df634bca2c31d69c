import { describe, expect, it } from "vitest";
import { cedarOracle } from "../../../property/cedar-oracle.ts";
import { ACCOUNT, AT, allow, answerTo, textOf } from "./ask.ts";

const ARN = "arn:aws:s3:::acme/x";
const TEXT = textOf(allow("s3:GetObject", ARN, { StringEquals: { "aws:ResourceAccount": ACCOUNT } }));
const asker = {
  // The same text names an agent, a team and an action.
  agent: { id: "s3:GetObject" as never, owner: "ada", team: "data" },
  claims: {},
  purpose: "report",
  ttlSeconds: 3_600,
  sourceIp: "192.0.2.7",
};
const CALL = {
  action: "s3:GetObject",
  resource: ARN,
  resourceAccount: ACCOUNT,
  tags: {},
  bucketTags: {},
  hasAbac: false,
  atMs: AT * 1_000,
  sourceIp: "192.0.2.7",
};
const PRINCIPALS = [
  ...["principal", 'principal == Agent::"s3:GetObject"', 'principal == Team::"data"', 'principal == User::"x"'],
  ...['principal == Action::"s3:GetObject"', 'principal == Agent::"x"', 'principal in Agent::"s3:GetObject"'],
  ...['principal in Team::"data"', 'principal in Team::"s3:GetObject"', 'principal in Agent::"data"'],
  ...["principal is Agent", "principal is Team", 'principal is Agent in Team::"data"'],
  ...['principal is Agent in Team::"x"', 'principal is Team in Team::"data"'],
  ...['principal is Agent in Agent::"s3:GetObject"'],
];
const ACTIONS = [
  ...["action", 'action == Action::"s3:GetObject"', 'action == Action::"aws:Read"', 'action == Action::"s3:PutObject"'],
  ...['action in Action::"s3:GetObject"', 'action in Action::"aws:Read"', 'action in Action::"aws:Write"'],
  ...['action in [Action::"s3:PutObject", Action::"s3:GetObject"]', "action in []"],
  ...['action in [Action::"aws:Write", Action::"aws:Read"]', 'action in [Action::"aws:Write", Action::"s3:PutObject"]'],
];
const RESOURCES = [
  ...["resource", "resource is AWS::Resource", "resource is AWS::Account", 'resource == AWS::Resource::"x"'],
  ...['resource in AWS::Resource::"x"', 'resource is AWS::Resource in AWS::Account::"x"'],
];
const HEADS = [
  ...PRINCIPALS.map((principal) => `${principal}, action, resource`),
  ...ACTIONS.map((action) => `principal, ${action}, resource`),
  ...RESOURCES.map((resource) => `principal, action, ${resource}`),
];

/** Answers of Cedar that were given: no mutant of the proof changes them. */
const answers = new Map<string, boolean>();
function cedarsAnswer(texts: readonly string[]): boolean {
  const answer = answers.get(texts.join()) ?? cedarOracle(texts, { asker }, AT * 1_000)(CALL).length > 0;
  answers.set(texts.join(), answer);
  return answer;
}

describe("I2: the scope of a policy", () => {
  it.each(HEADS)("is Cedar's own, of a permit and of a forbid: %s", (head) => {
    for (const texts of [
      [`permit (${head});`],
      ["permit (principal, action, resource);", `forbid (${head});`],
      [`permit (${head}) when { true } when { true };`],
      [`permit (${head}) when { true } when { false };`],
      [`permit (${head}) when { true } unless { true };`],
      [`permit (${head}) unless { false } when { true };`],
    ]) {
      const permits = cedarsAnswer(texts);
      expect(answerTo(TEXT, texts, { asker }).verdict, texts.join()).toBe(permits ? "proven" : "counterexample");
    }
  });
});
