import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const ROLE = `arn:aws:iam::${ACCOUNT}:role/app`;
const SERVICE = "ecs-tasks.amazonaws.com";
const permit = (notes: string) =>
  `${notes} permit (principal in Team::"demo", action == Action::"iam:PassRole", resource is AWS::Resource);`;
const requestFor = (resource: string, conditions?: unknown) => ({
  authorization_details: JSON.stringify([
    {
      type: "aws",
      account: ACCOUNT,
      actions: ["iam:PassRole"],
      resources: [resource],
      ...(conditions ? { conditions } : {}),
    },
  ]),
});
const serve = (notes = '@outlives("deploys the app")', passRoles = [{ role: ROLE, services: [SERVICE] }]) => {
  const world = fakeWorld();
  const accounts = world.ports.deployment.accounts.map((account) => ({ ...account, exceptions: { passRoles } }));
  const deployment = { ...world.ports.deployment, accounts };
  return new FakeService(world, { ...world.ports, deployment, policies: cedarOf([permit(notes)]) });
};

describe("a role that an account lets tasks pass on", () => {
  it("is granted to the named services only; answer and journal state that it outlives the task", async () => {
    const service = serve();
    const { status, body } = await service.exchange(requestFor(ROLE));
    expect([status, body.outlives]).toEqual([200, [{ action: "iam:PassRole", target: ROLE }]]);
    const [policy = ""] = service.world.ports.sessions.asked.map((each) => each.policy);
    expect(JSON.parse(policy).Statement[0]).toEqual({
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: ROLE,
      Condition: { StringEquals: { "iam:PassedToService": SERVICE } },
    });
    const opened = service.world.ports.tasks.events.filter(({ type }) => type === "task.opened");
    expect(JSON.stringify(opened)).toContain(`"outlives":${JSON.stringify(body.outlives)}`);
  });

  it("takes a permit with @outlives all the same", async () => {
    expect(await serve("").exchange(requestFor(ROLE))).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it.each([`arn:aws:iam::${ACCOUNT}:role/admin`, `arn:aws:iam::${ACCOUNT}:role/*`, `${ROLE}*`])(
    "is none of the others: %s",
    async (other) => {
      const service = serve();
      expect(await service.exchange(requestFor(other))).toMatchObject({
        status: 403,
        body: {
          denials: [
            { reason: expect.stringContaining("on named resources only"), hint: expect.stringContaining(ROLE) },
          ],
        },
      });
      expect(service.world.ports.sessions.asked).toEqual([]);
    },
  );

  it("is passed to no service of the agent's choosing: the condition key is ours", async () => {
    const conditions = { StringLike: { "IAM:PassedToService": "*" } };
    expect(await serve().exchange(requestFor(ROLE, conditions))).toMatchObject({
      status: 400,
      body: { code: "intent_invalid" },
    });
  });

  it("ends with the next renewal, once the account takes the exception back", async () => {
    const service = serve();
    const held = await service.start(requestFor(ROLE));
    const later = new FakeService(service.world, {
      ...service.world.ports,
      policies: cedarOf([permit('@outlives("deploys the app")')]),
    });
    service.world.pass(600);
    expect(await later.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});
