import { describe, expect, it } from "vitest";
import { LIMITS } from "../../../../functions/core/proof/budget.ts";
import { lostCalls, type Promised } from "../../../../functions/core/proof/lost-calls.ts";
import type { Question } from "../../../../functions/core/proof/question.ts";
import { ACCOUNT, ASKER, AT, allow, deny, PERMIT, QUESTION, statedOf, textOf, when } from "./ask.ts";

const INSTANCES = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/*`;
const OBJECTS = "arn:aws:s3:::acme/*";
const TEAM = "aws:ResourceTag/team";
const START: Promised = { action: "ec2:StartInstances", target: INSTANCES, permit: "p0", conditions: {} };
const READ: Promised = { action: "s3:GetObject", target: OBJECTS, permit: "p0", conditions: {} };
const start = (Condition = {}) => allow("ec2:StartInstances", INSTANCES, Condition);

/** The lost calls by their class, and the call of the first. */
function lostOf(text: string, policies: readonly string[], promised: Promised = START) {
  const question: Question = {
    ...QUESTION,
    asker: { ...ASKER, sourceIp: "192.0.2.7", boundIp: "192.0.2.7" },
    text,
    policies: policies.map(statedOf),
  };
  const lost = lostCalls(question, [promised], () => 0, { ...LIMITS, work: 1_000_000 });
  return { classes: lost.map(({ by, tags }) => `${by}, ${tags}`), call: lost[0]?.call };
}

describe("the converse of a proof", () => {
  it("finds nothing where the text allows all that the permit permits", () => {
    expect(lostOf(textOf(start()), [PERMIT]).classes).toEqual([]);
    const permit = when("permit", 'resource.tags.team == "a"');
    expect(lostOf(textOf(start({ StringEquals: { [TEAM]: "a" } })), [permit]).classes).toEqual([]);
  });

  it("finds no call that names no resource: its answer may be forbidden in part", () => {
    const databases = `arn:aws:rds:us-east-1:${ACCOUNT}:db:`;
    const action = "rds:DescribeDBInstances";
    const list: Promised = { ...START, action, target: `${databases}*` };
    const forbid = when("forbid", `resource.arn like "${databases}prod*"`);
    const lost = (...denied: readonly string[]) =>
      lostOf(textOf(allow(action, `${databases}*`), deny(action, denied)), [PERMIT, forbid], list);
    expect(lost(`${databases}prod*`, `${databases}\${*}*`).classes).toEqual([]);
    expect(lost(`${databases}pro*`, `${databases}\${*}*`).call?.resource).toMatch(/:db:pro/);
    const objects = lostOf(
      textOf(allow("s3:GetObject", OBJECTS), deny("s3:GetObject", "arn:aws:s3:::acme/${*}")),
      [PERMIT],
      READ,
    );
    expect(objects.call?.resource).toBe("arn:aws:s3:::acme/*");
  });

  it("finds a call that the permit permits and no Allow is met by", () => {
    const permit = when("permit", 'resource.tags.team == "a" || resource.arn like "*i-0*"');
    const { classes, call } = lostOf(textOf(start({ StringEquals: { [TEAM]: "a" } })), [permit]);
    expect(classes).toEqual(["no Allow, there"]);
    expect(call).toMatchObject({
      action: "ec2:StartInstances",
      resource: expect.stringContaining("i-0"),
      atSeconds: AT,
    });
    expect(call?.tags.team).not.toBe("a");
  });

  it("distinguishes what is lost for want of a tag", () => {
    const permit = when("permit", '!(resource.tags has team) || resource.tags.team == "a"');
    const { classes, call } = lostOf(textOf(start({ StringEquals: { [TEAM]: "a" } })), [permit]);
    expect([classes, call?.tags]).toEqual([["no Allow, missing"], {}]);
  });

  it("distinguishes what is lost since AWS gives IAM no tags", () => {
    const permit = when("permit", 'resource.tags.team == "a"');
    const bucket: Promised = { action: "s3:ListBucket", target: "arn:aws:s3:::acme", permit: "p0", conditions: {} };
    const own = { StringEquals: { [TEAM]: "a", "aws:ResourceAccount": ACCOUNT } };
    const { classes, call } = lostOf(textOf(allow("s3:ListBucket", "arn:aws:s3:::acme", own)), [permit], bucket);
    expect([classes, call]).toMatchObject([["no Allow, untold"], { told: "none", tags: { team: "a" } }]);
  });

  it("finds a Deny that reaches further than its forbid, but nothing where the forbid counts", () => {
    const forbid = when("forbid", 'resource.arn like "*pii"');
    const exact = deny("*", `${INSTANCES}pii`);
    expect(lostOf(textOf(start(), exact), [PERMIT, forbid]).classes).toEqual([]);
    const { classes, call } = lostOf(textOf(start(), deny("*", `${INSTANCES}pii*`)), [PERMIT, forbid]);
    expect([classes, call?.resource]).toEqual([["a Deny, there"], expect.stringMatching(/pii.+/)]);
    const tagged = when("forbid", 'resource.tags has team && resource.tags.team == "a"');
    const missing = deny("*", INSTANCES, { StringEqualsIfExists: { [TEAM]: "a" } });
    expect(lostOf(textOf(start(), missing), [PERMIT, tagged]).classes).toEqual(["a Deny, missing"]);
  });

  it("takes the word of the permit that decided alone, in the session's account, under the intent's own conditions", () => {
    const other = when("permit", 'resource.arn like "*b*"');
    const text = textOf(
      allow("s3:GetObject", "arn:aws:s3:::acme/a*", { StringEquals: { "aws:ResourceAccount": ACCOUNT } }),
    );
    const named = { ...READ, target: "arn:aws:s3:::acme/a*" };
    expect(lostOf(text, [when("permit", 'resource.arn like "arn:aws:s3:::acme/a*"'), other], named).classes).toEqual(
      [],
    );
    expect(lostOf(text, [when("permit", 'resource.arn like "arn:aws:s3:::acme/a*"'), other], READ).classes).toEqual([]);
    expect(lostOf(text, [other, other], { ...READ, permit: "p1" }).classes).toEqual(["no Allow, there"]);
    const encrypted = { Bool: { "aws:SecureTransport": "true" } };
    const strict = textOf(start(encrypted));
    expect(lostOf(strict, [PERMIT], { ...START, conditions: encrypted }).classes).toEqual([]);
    expect(lostOf(strict, [PERMIT]).classes).toEqual(["no Allow, there"]);
  });

  it("requires the time before the fence and the asker's address only", () => {
    const elsewhere = deny("*", "*", { NotIpAddress: { "aws:SourceIp": "192.0.2.7" } });
    expect(lostOf(textOf(start(), elsewhere), [PERMIT]).classes).toEqual([]);
    const early = textOf(start(), deny("*", "*", { DateGreaterThan: { "aws:CurrentTime": "2026-11-24T12:50:00Z" } }));
    const { classes, call } = lostOf(early, [PERMIT]);
    expect([classes, call?.atSeconds]).toEqual([["a Deny, there"], AT + 301]);
  });

  it("shows each class", () => {
    const { classes } = lostOf(textOf(start({ StringEquals: { [TEAM]: "a" } })), [PERMIT]);
    expect(classes).toEqual(["no Allow, there", "no Allow, missing"]);
  });

  it("shows a class once, at the first moment", () => {
    const later = deny("*", "*", { DateGreaterThan: { "aws:CurrentTime": "2026-11-24T12:50:00Z" } });
    const { classes, call } = lostOf(textOf(allow("ec2:StopInstances", INSTANCES), later), [PERMIT]);
    expect([classes, call?.atSeconds]).toEqual([["no Allow, there"], AT]);
  });

  it("requires of tags alone whether they are there, and where policies or the text read some", () => {
    const bucket: Promised = { ...READ, action: "s3:ListBucket", target: "arn:aws:s3:::acme" };
    const prefix = allow("s3:ListBucket", "arn:aws:s3:::acme", { StringEquals: { "s3:prefix": "a" } });
    expect(lostOf(textOf(prefix), [PERMIT], bucket).classes).toEqual(["no Allow, there"]);
    const put: Promised = { ...READ, action: "s3:PutObject" };
    expect(lostOf(textOf(allow("s3:GetObject", OBJECTS)), [PERMIT], put).classes).toEqual(["no Allow, there"]);
  });

  it("holds each call to the forbids of its own action", () => {
    const promised: Promised = { ...READ, action: "s3:Get*" };
    const forbid = 'forbid (principal, action == Action::"s3:GetObject", resource);';
    const { classes, call } = lostOf(textOf(allow("s3:GetObject", OBJECTS)), [PERMIT, forbid], promised);
    expect([classes, call?.action === "s3:GetObject"]).toEqual([["no Allow, there"], false]);
  });

  it("does not count what cannot be known of a policy", () => {
    const unclear = when("permit", "resource.tags == {}");
    expect(lostOf(textOf(allow("ec2:StopInstances", INSTANCES)), [unclear]).classes).toEqual([]);
  });
});
