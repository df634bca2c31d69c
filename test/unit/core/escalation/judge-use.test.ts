import { describe, expect, test } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { RULE_IDS } from "../../../../contract/names.ts";
import { ceilingPlaceOf } from "../../../../functions/core/ceiling/ceiling.ts";
import { accountId } from "../../../../functions/core/deployment/account-id.ts";
import { RULES } from "../../../../functions/core/deployment/escalation-rules.ts";
import { regionNamed } from "../../../../functions/core/deployment/region.ts";
import { isBeyondGrant } from "../../../../functions/core/escalation/beyond-grant.ts";
import {
  areTooMany,
  isDeniedWrite,
  isOnPermissions,
  withDeniedWrites,
} from "../../../../functions/core/escalation/denied-writes.ts";
import { detectionId, detectionOf } from "../../../../functions/core/escalation/detection.ts";
import { judgeUse } from "../../../../functions/core/escalation/judge-use.ts";
import { type ApiUse, MOST_CHARACTERS } from "../../../../functions/core/ledger/api-use.ts";
import { spelled } from "../../../fakes/samples/spelled.ts";
import { aLease, aTask, NOW } from "../../../fakes/samples/task.ts";
import { CATALOGUE } from "../../../fakes/world/world.ts";
import { everyAction } from "../catalogue/load-catalogue.ts";

const ACCOUNT = accountId("111122223333");
const { task } = aTask({
  leases: [aLease(0)],
  details: [
    {
      type: "aws",
      account: ACCOUNT,
      actions: spelled("s3:GetObject", "s3:ListBucket", "s3:DeleteObjectVersion"),
      resources: ["arn:aws:s3:::acme", "arn:aws:s3:::acme/reports/*"],
    },
  ],
});
const USE: ApiUse = {
  eventId: "e1",
  account: ACCOUNT,
  role: "valetkey-task-0",
  session: task.path,
  path: task.path,
  accessKeyId: "ASIA1",
  sourceIdentity: agentId("demo"),
  isByService: false,
  action: "s3:GetObject",
  isMapped: true,
  eventName: "GetObject",
  isReadOnly: true,
  resource: "arn:aws:s3:::acme/reports/a",
  isDenied: false,
  at: NOW,
  region: regionNamed("eu-central-1"),
  sourceIp: "203.0.113.7",
};
const TRIPWIRE = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:tripwire-AbCdEf";
const judge = (changed: Partial<ApiUse>, over = {}) =>
  judgeUse({ ...USE, ...changed }, { ...task, ...over }, { catalogue: CATALOGUE, tripwires: [TRIPWIRE] });
const DENIED = { isDenied: true, errorCode: "AccessDenied" };

describe("A use of a task's key", () => {
  test("that its grant covers breaks no rule", () => {
    expect(judge({})).toEqual([]);
  });

  test.each([
    ["59 seconds after the end", { at: NOW + 59 }, []],
    ["60 seconds after the end", { at: NOW + 60 }, ["E1"]],
    ["60 seconds after the end, denied", { at: NOW + 60, ...DENIED }, []],
    ["60 seconds after the end, failed", { at: NOW + 60, errorCode: "NoSuchKey" }, []],
    ["60 seconds after the end, by a service", { at: NOW + 60, isByService: true }, []],
    ["60 seconds after the end, which needs no right", { at: NOW + 60, action: "sts:GetCallerIdentity" }, []],
  ])("%s: %j breaks %j", (_, changed, rules) => {
    expect(judge(changed, { endedAt: NOW })).toEqual(rules);
  });

  test.each([
    ["an action that was not granted", { action: "s3:PutObject", eventName: "PutObject" }, true],
    ["an object that was not granted", { resource: "arn:aws:s3:::acme/payroll/a" }, true],
    ["the same in another account", { account: accountId("444455556666") }, true],
    ["an action by another name of IAM", { action: "s3:DeleteObject", eventName: "DeleteObject" }, false],
    ["an event without an IAM action", { action: "s3.amazonaws.com:MadeUp", isMapped: false }, false],
    ["what a service did for it", { action: "kms:Decrypt", isByService: true }, false],
    ["a call that failed", { action: "s3:PutObject", errorCode: "NoSuchBucket" }, false],
    [
      "a resource that the event does not name for sure",
      { eventName: "CopyObject", resource: "arn:aws:s3:::other/a" },
      false,
    ],
    ["a call without a resource", { resource: "*" }, false],
    ["a call that needs no right", { action: "sts:GetCallerIdentity", eventName: "GetCallerIdentity" }, false],
  ])("on %s: %j is beyond the grant: %s", (_, changed, isBeyond) => {
    expect(isBeyondGrant({ ...USE, ...changed }, task)).toBe(isBeyond);
  });

  test("on a key that the record cuts is not beyond the grant: an agent could halt its account with a long name", () => {
    const details = [{ ...task.details[0], resources: ["arn:aws:s3:::acme/*.json"] }] as typeof task.details;
    const cut = `arn:aws:s3:::acme/${"x".repeat(1_000)}.json`.slice(0, MOST_CHARACTERS);
    expect(isBeyondGrant({ ...USE, resource: cut }, { ...task, details })).toBe(false);
    expect(isBeyondGrant({ ...USE, resource: cut.slice(0, -1) }, { ...task, details })).toBe(true);
  });

  test("on a secret that is delivered to the session is within the grant", () => {
    const reading = {
      ...USE,
      action: "secretsmanager:GetSecretValue",
      eventName: "GetSecretValue",
      resource: TRIPWIRE,
    };
    const lease = { made: { session_arns: [TRIPWIRE] } } as never;
    expect(isBeyondGrant(reading, task)).toBe(true);
    expect(isBeyondGrant(reading, { ...task, connectorLeases: [lease] })).toBe(false);
  });

  test.each([
    ["iam:CreateUser", true, {}],
    ["iam:AttachRolePolicy", true, {}],
    ["sts:AssumeRole", true, {}],
    ["organizations:LeaveOrganization", true, {}],
    ["kms:CreateGrant", true, {}],
    ["iam.amazonaws.com:MadeUpYesterday", true, { isMapped: false, isReadOnly: false }],
    ["iam.amazonaws.com:MadeUpYesterday", false, { isMapped: false, isReadOnly: undefined }],
    ["iam:ListUsers", false, {}],
    ["kms:Encrypt", false, {}],
    ["s3:PutObject", false, {}],
  ])("that AWS denied, %s: escalation %s", (action, isEscalation, changed) => {
    expect(judge({ action, ...DENIED, ...changed })).toEqual(isEscalation ? ["E4"] : []);
    expect(judge({ action, ...changed, isDenied: true, errorCode: "AccessDenied", isByService: true })).toEqual([]);
  });

  test("that AWS denied is a write by the catalogue, and by CloudTrail's word where the catalogue does not know it", () => {
    const isWrite = (changed: Partial<ApiUse>) => isDeniedWrite({ ...USE, ...DENIED, ...changed }, CATALOGUE);
    expect(isWrite({ action: "s3:PutObject", isReadOnly: true })).toBe(true);
    expect(isWrite({ action: "s3:GetObject", isReadOnly: false })).toBe(false);
    expect(isWrite({ action: "x.amazonaws.com:Y", isMapped: false, isReadOnly: false })).toBe(true);
    expect(isDeniedWrite({ ...USE, action: "s3:PutObject" }, CATALOGUE)).toBe(false);
  });

  test.each([
    [TRIPWIRE, ACCOUNT, true],
    [TRIPWIRE.slice(0, -7), ACCOUNT, true],
    [TRIPWIRE.replace("tripwire", "other"), ACCOUNT, false],
    [TRIPWIRE, "444455556666", false],
  ])("on %s in account %s touches the tripwire: %s", (resource, account, isTripped) => {
    const changed = { action: "secretsmanager:GetSecretValue", resource, account: accountId(account), ...DENIED };
    expect(judge(changed).includes("E6")).toBe(isTripped);
  });
});

describe("Denied writes", () => {
  const at = (...times: readonly number[]) => times.map((each) => ({ what: `w${each}`, at: each }));
  test.each([
    [at(0, 1, 2, 3), false],
    [at(0, 1, 2, 3, 300), true],
    [at(0, 1, 2, 3, 301), false],
    [at(301, 3, 1, 2, -50, 300), true],
  ])("at %j are too many: %s", (writes, isTooMany) => {
    expect(areTooMany(writes)).toBe(isTooMany);
  });

  test("are remembered once each, the latest 64", () => {
    expect(withDeniedWrites([{ what: "a", at: 5 }], [{ what: "a", at: 3 }])).toEqual([{ what: "a", at: 5 }]);
    const many = at(...Array.from({ length: 100 }, (_, n) => n));
    expect(withDeniedWrites([], many).map((write) => write.at)[0]).toBe(36);
  });
});

describe("Writes to permissions (E4)", () => {
  test("are never granted: an administrator who denies granted work makes no agent suspended", () => {
    const actions: readonly string[] = everyAction().map(({ name }) => name);
    const onPermissions = actions.filter((action) => isOnPermissions({ action } as ApiUse));
    expect(onPermissions.length).toBeGreaterThan(200);
    expect(onPermissions.filter((action) => ceilingPlaceOf(action, {}) !== "never_anywhere")).toEqual([]);
  });
});

describe("A detection", () => {
  test("is the same for one rule, account and subject within an hour, and another in each other case", () => {
    const ids = [
      detectionId("E4", ACCOUNT, task.path, 7_200),
      detectionId("E4", ACCOUNT, task.path, 10_799),
      detectionId("E4", ACCOUNT, task.path, 10_800),
      detectionId("E4", accountId("444455556666"), task.path, 7_200),
      detectionId("E6", ACCOUNT, task.path, 7_200),
      detectionId("E4", ACCOUNT, "", 7_200),
    ];
    expect(new Set(ids).size).toBe(5);
  });

  test("of a session that somebody made names no task, and shows no text that could deceive", () => {
    const made = detectionOf("E3", { ...USE, action: "a\u202e\n", resource: "x".repeat(500) });
    expect(made).toMatchObject({ rule: "E3", session: task.path, action: "a??" });
    expect([made.task, made.resource?.length]).toEqual([undefined, 256]);
  });
});

describe("The rules", () => {
  test("that an agent can meet at will halt no account, and the one that strangers can meet touches no task and no agent", () => {
    for (const rule of RULE_IDS) expect(RULES[rule].containments[0]).toBe("alarm");
    for (const rule of ["E4", "E6"] as const)
      expect(RULES[rule].containments as readonly string[]).not.toContain("halt_account");
    expect(RULES.E3.containments).toEqual(["alarm", "halt_account"]);
  });
});
