import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const RDS = `arn:aws:rds:us-east-1:${ACCOUNT}`;
const LIST = "rds:DescribeDBInstances";
const PERMIT = `permit (principal, action, resource) when { resource.account == "${ACCOUNT}" };`;
const FORBID = 'forbid (principal, action, resource is AWS::Resource) when { resource.arn like "*:db:prod*" };';

const detail = (actions: readonly string[], resources: readonly string[]) => ({
  type: "aws",
  ...{ account: ACCOUNT, actions, resources },
});
const requestFor = (...details: readonly object[]) => ({
  authorization_details: JSON.stringify(details),
  task_ttl: "7200",
});
const EVERY = requestFor(detail([LIST], ["*"]));

const serving = (world: FakeWorld, ...policies: readonly string[]) =>
  new FakeService(world, { ...world.ports, policies: cedarOf(policies) });

interface Statement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource: string | readonly string[];
}
const statementsOf = ({ ports }: FakeWorld, effect: string): readonly Statement[] =>
  (JSON.parse(ports.sessions.asked.at(-1)?.policy ?? "{}").Statement as readonly Statement[]).filter(
    ({ Effect, Action = "*" }) => Effect === effect && Action !== "*",
  );

describe('an intent of "*" for an action of which a call may name no resource', () => {
  it("is granted on the account's own in its Region, and answered so", async () => {
    const world = fakeWorld();
    const { status, body } = await serving(world, PERMIT).exchange(
      requestFor(detail([LIST, "ec2:DescribeInstances", "rds:DescribeDBSnapshots"], ["*"])),
    );
    expect({ status, body }).toMatchObject({
      status: 200,
      body: {
        authorization_details: [
          detail(["ec2:DescribeInstances"], ["*"]),
          detail([LIST], [`${RDS}:db:*`]),
          detail(["rds:DescribeDBSnapshots"], [`${RDS}:db:*`, `${RDS}:snapshot:*`]),
        ],
        credentials: [{ name: "aws-0", details: [0, 1, 2] }],
      },
    });
    expect(statementsOf(world, "Allow")).toEqual([
      { Effect: "Allow", Action: "ec2:DescribeInstances", Resource: "*" },
      { Effect: "Allow", Action: [LIST, "rds:DescribeDBSnapshots"], Resource: `${RDS}:db:*` },
      { Effect: "Allow", Action: "rds:DescribeDBSnapshots", Resource: `${RDS}:snapshot:*` },
    ]);
  });

  it("is renewed as what it was, and bounds what is below it (I3)", async () => {
    const world = fakeWorld();
    const service = serving(world, PERMIT);
    const held = await service.start(EVERY);
    const first = statementsOf(world, "Allow");
    world.pass(60);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(statementsOf(world, "Allow")).toEqual(first);
    await service.startBelow(held, EVERY);
    expect(statementsOf(world, "Allow")).toEqual(first);
    await service.startBelow(held, requestFor(detail([LIST], [`${RDS}:db:app`])));
    const snapshots = requestFor(detail(["rds:DescribeDBSnapshots"], ["*"]));
    await expect(service.startBelow(held, snapshots)).rejects.toThrow(/not within what the task above/);
  });

  it("is more than a task with some of it may pass on (I3)", async () => {
    const service = serving(fakeWorld(), PERMIT);
    const held = await service.start(requestFor(detail([LIST], [`${RDS}:db:app-*`])));
    await expect(service.startBelow(held, EVERY)).rejects.toThrow(/not within what the task above/);
    const { status } = await service.delegate(held.token, EVERY);
    expect(status).toBe(403);
  });

  it("may be the most that a delegation allows", async () => {
    const world = fakeWorld();
    const service = serving(world, PERMIT);
    const held = await service.start(EVERY);
    const { status, body } = await service.delegate(held.token, EVERY);
    expect({ status, body }).toMatchObject({ status: 200, body: { authorization_details: [detail([LIST], ["*"])] } });
  });

  it("is refused where a forbid is about one of them, with a request that would be permitted (I2)", async () => {
    const { status, body } = await serving(fakeWorld(), PERMIT, FORBID).exchange(EVERY);
    expect({ status, body }).toMatchObject({
      status: 403,
      body: {
        denials: [
          {
            action: LIST,
            target: `${RDS}:db:*`,
            reason: "A call that names no resource returns all of these, and a policy forbids some of them.",
            policy: "p1",
          },
        ],
      },
    });
  });

  it("is granted narrower where less will do: by name, without the call that names none (I2)", async () => {
    const world = fakeWorld();
    const { status, body } = await serving(world, PERMIT, FORBID).exchange({ ...EVERY, mode: "narrow" });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { authorization_details: [detail([LIST], [`${RDS}:db:*`])] },
    });
    expect(statementsOf(world, "Deny")).toEqual([
      {
        Effect: "Deny",
        Action: LIST,
        Resource: [
          ...[`${RDS}:db:`, `${RDS}:db:\${*}*`, `${RDS}:db:*:db:prod*`, `${RDS}:db:db:prod*`, `${RDS}:db:prod*`],
        ],
      },
    ]);
  });

  it("leaves the call out of a grant that is renewed after policy forbids one of them (I2)", async () => {
    const world = fakeWorld();
    const held = await serving(world, PERMIT).start(EVERY);
    world.pass(60);
    const { status } = await serving(world, PERMIT, FORBID).renew(held);
    expect(status).toBe(200);
    expect(JSON.stringify(statementsOf(world, "Deny"))).toContain(`${RDS}:db:\${*}*`);
  });
});
