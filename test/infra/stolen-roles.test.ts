import { describe, expect, it } from "vitest";
import { FUNCTIONS, type FunctionName } from "../../contract/names.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { revokerRole, taskRoleName } from "../../functions/hub-names.ts";
import { REVOCATION_POLICY } from "../../functions/names.ts";
import { hubScopeOf } from "../../infra/hub-scope.ts";
import { rightsOf } from "../../infra/rights.ts";
import { ceiling, ceilingArn, revokerRights } from "../../infra/target-rights.ts";
import { allows } from "./iam.ts";

const HUB = accountId("999900001111");
const TARGET = accountId("111122223333");
const SCOPE = hubScopeOf({
  hub: { account: HUB, region: regionNamed("us-east-1") },
  accounts: [{ id: TARGET, region: regionNamed("us-east-1"), taskRoles: 2 }],
});

const POOL_ROLE = `arn:aws:iam::${TARGET}:role/${taskRoleName(0, {})}`;
const BOUNDED = { "iam:PermissionsBoundary": ceilingArn(TARGET, SCOPE) };
const ALL = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };

describe("a stolen reconciler", () => {
  const revoker = revokerRights(TARGET, SCOPE);
  const { allow, deny } = ceiling("aws");
  const walls = [...allow, ...deny];

  it("writes inline policies of task roles while they have their boundary, and of no other role", async () => {
    const write = { action: "iam:PutRolePolicy", context: BOUNDED };
    expect(await allows(revoker, { ...write, resource: POOL_ROLE })).toBe(true);
    for (const name of ["admin", revokerRole({}), `x-${taskRoleName(0, {})}`, "valetkey-task", "valetkey-exchange"])
      expect(await allows(revoker, { ...write, resource: `arn:aws:iam::${TARGET}:role/${name}` })).toBe(false);
    expect(await allows(revoker, { action: "iam:PutRolePolicy", resource: POOL_ROLE })).toBe(false);
    const other = { "iam:PermissionsBoundary": `arn:aws:iam::${TARGET}:policy/other` };
    expect(await allows(revoker, { action: "iam:PutRolePolicy", resource: POOL_ROLE, context: other })).toBe(false);
  });

  it.each([
    "iam:AttachRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePermissionsBoundary",
    "iam:UpdateAssumeRolePolicy",
    "iam:CreateRole",
    "iam:PassRole",
    "sts:AssumeRole",
  ])("cannot %s", async (action) => {
    expect(await allows(revoker, { action, resource: POOL_ROLE, context: BOUNDED })).toBe(false);
  });

  it("adds nothing to a task role, whatever it writes there: the ceiling is the role's boundary too", async () => {
    const forged = { inline: ALL, boundary: walls };
    const beyond = [
      { action: "iam:CreateUser", resource: `arn:aws:iam::${TARGET}:user/mallory` },
      { action: "sts:AssumeRole", resource: `arn:aws:iam::${TARGET}:role/admin` },
      { action: "iam:DeleteRolePolicy", resource: POOL_ROLE },
      { action: "organizations:LeaveOrganization", resource: "*" },
    ];
    for (const call of beyond) {
      expect(await allows(walls, call, forged), call.action).toBe(false);
      // Without the boundary it would have worked, but for what is denied by name: the boundary is what holds.
      expect(await allows(allow, call, { inline: ALL }), call.action).toBe(true);
    }
    const custom = ceiling("aws", ["s3:GetObject"]);
    const narrow = [...custom.allow, ...custom.deny];
    const put = { action: "s3:PutObject", resource: "arn:aws:s3:::acme-data/x" };
    expect(await allows(narrow, put, { inline: ALL, boundary: narrow })).toBe(false);
    expect(await allows(narrow, put, { inline: ALL })).toBe(true);
  });
});

describe("a stolen function", () => {
  const others = (but: FunctionName) => FUNCTIONS.filter((name) => name !== but);
  const rights = (name: FunctionName) => rightsOf(name, SCOPE);
  const hub = { account: HUB };

  it.each(FUNCTIONS.map((name) => [name]))("%s cannot write IAM", async (name) => {
    for (const action of ["iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:AttachRolePolicy", "iam:CreateRole"]) {
      const resource = `arn:aws:iam::${HUB}:role/${taskRoleName(0, {})}`;
      expect(await allows(rights(name), { action, resource, context: BOUNDED }, hub)).toBe(false);
    }
  });

  it("is the exchange or the canary, if it becomes a task role; and the reconciler, if it becomes the revoker", async () => {
    const become = (role: string) => ({ action: "sts:AssumeRole", resource: `arn:aws:iam::${TARGET}:role/${role}` });
    expect(await allows(rights("exchange"), become(taskRoleName(1, {})))).toBe(true);
    expect(await allows(rights("exchange"), become(revokerRole({})))).toBe(false);
    expect(await allows(rights("probe"), become(taskRoleName(1, {})))).toBe(true);
    for (const name of ["exchange", "probe"] as const) {
      expect(await allows(rights(name), become(`x-${taskRoleName(1, {})}`))).toBe(false);
      const elsewhere = { action: "sts:AssumeRole", resource: `arn:aws:iam::444455556666:role/${taskRoleName(1, {})}` };
      expect(await allows(rights(name), elsewhere)).toBe(false);
    }
    expect(await allows(rights("probe"), become(revokerRole({})))).toBe(false);
    expect(await allows(rights("reconcile"), become(revokerRole({})))).toBe(true);
    expect(await allows(rights("reconcile"), become(taskRoleName(1, {})))).toBe(false);
    for (const name of others("exchange").filter((each) => each !== "reconcile" && each !== "probe"))
      for (const role of [taskRoleName(0, {}), revokerRole({})])
        expect(await allows(rights(name), become(role)), name).toBe(false);
  });

  it("sends the queue of deadlines nothing unless it is the relay, receives nothing unless it is revoke-leases, and never empties it", async () => {
    const of = (action: string) => ({ action, resource: `arn:aws:sqs:us-east-1:${HUB}:valetkey-deadlines` });
    const able = async (action: string) => {
      const each = await Promise.all(FUNCTIONS.map((name) => allows(rights(name), of(action), hub)));
      return FUNCTIONS.filter((_, index) => each[index]);
    };
    expect(await able("sqs:SendMessage")).toEqual(["relay"]);
    for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"])
      expect(await able(action), action).toEqual(["revoke-leases"]);
    for (const action of ["sqs:PurgeQueue", "sqs:SetQueueAttributes", "sqs:AddPermission", "sqs:DeleteQueue"])
      expect(await able(action), action).toEqual([]);
  });

  it.each(FUNCTIONS.map((name) => [name]))("%s schedules nothing, and passes no role on", async (name) => {
    const schedule = `arn:aws:scheduler:us-east-1:${HUB}:schedule/default/x`;
    expect(await allows(rights(name), { action: "scheduler:CreateSchedule", resource: schedule }, hub)).toBe(false);
    const pass = { action: "iam:PassRole", resource: `arn:aws:iam::${HUB}:role/valetkey-${name}` };
    expect(await allows(rights(name), pass, hub)).toBe(false);
  });

  it("finds the name of the revocation policy nowhere in its rights: IAM cannot restrict by it", () => {
    expect(JSON.stringify(revokerRights(TARGET, SCOPE))).not.toContain(REVOCATION_POLICY);
  });
});
