import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const permit = (action: string) =>
  `@outlives("tried") permit (principal in Team::"demo", action == Action::"${action}", resource is AWS::Resource);`;
const INSTANCE = `arn:aws:ec2:us-east-1:${ACCOUNT}:instance/i-1`;
const requestFor = (action: string, resource: string, mode = "all") => ({
  mode,
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: [action], resources: [resource] },
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/a"] },
  ]),
});
const serve = (ceiling: readonly string[] | undefined, ...actions: readonly string[]) => {
  const world = fakeWorld();
  const accounts = world.ports.deployment.accounts.map((account) => ({ ...account, ceiling }));
  const policies = cedarOf(["s3:GetObject", ...actions].map(permit));
  return new FakeService(world, { ...world.ports, deployment: { ...world.ports.deployment, accounts }, policies });
};

describe("an action that policy permits and the account lets no task do", () => {
  it("is denied with the account, before a request to STS, and recorded in the journal", async () => {
    const service = serve(undefined, "ec2:StartInstances");
    expect(await service.exchange(requestFor("ec2:StartInstances", INSTANCE))).toMatchObject({
      status: 403,
      body: {
        code: "policy_denied",
        denials: [
          { action: "ec2:StartInstances", target: INSTANCE, reason: `The account ${ACCOUNT} lets no task do this.` },
        ],
      },
    });
    expect(service.world.ports.sessions.asked).toEqual([]);
    expect(JSON.stringify(service.world.ports.tasks.events)).toContain("lets no task do this");
  });

  it("is granted where the account's ceiling has it", async () => {
    const service = serve(["ec2:Start*", "s3:GetObject"], "ec2:StartInstances");
    expect((await service.exchange(requestFor("ec2:StartInstances", INSTANCE))).status).toBe(200);
  });

  it("is left out of a narrow grant", async () => {
    const service = serve(undefined, "ec2:StartInstances");
    const { status, body } = await service.exchange(requestFor("ec2:StartInstances", INSTANCE, "narrow"));
    expect([status, body.denials?.length]).toEqual([200, 1]);
    expect(JSON.stringify(service.world.ports.sessions.asked)).not.toContain("ec2:StartInstances");
  });

  it("is denied anywhere where it would outlive the task, whatever the account lists", async () => {
    const role = `arn:aws:iam::${ACCOUNT}:role/deploy`;
    const service = serve(["sts:*", "s3:GetObject"], "sts:AssumeRole");
    expect(await service.exchange(requestFor("sts:AssumeRole", role))).toMatchObject({
      status: 403,
      body: { denials: [{ reason: "No account lets a task do this: its effect would outlive the task." }] },
    });
  });

  it("ends with the next renewal, where the account's ceiling was narrowed meanwhile", async () => {
    const service = serve(["ec2:StartInstances", "s3:GetObject"], "ec2:StartInstances");
    const held = await service.start(requestFor("ec2:StartInstances", INSTANCE));
    const later = new FakeService(service.world, {
      ...service.world.ports,
      policies: cedarOf(["s3:GetObject", "ec2:StartInstances"].map(permit)),
    });
    service.world.pass(600);
    expect(await later.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});
