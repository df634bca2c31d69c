import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const ANYTHING = "permit (principal is Agent, action, resource);";
const NO_TOOLS = `forbid (principal is Agent, action == Action::"tool:Call", resource);`;
const OFFICE_HOURS = `forbid (principal is Agent, action == Action::"tool:Call", resource) when { context.time.hour >= 17 };`;
const FOUR_HOURS = 4 * 3_600;
const search = { type: "tool", server: "tickets", tools: ["search"] };
const close = { type: "tool", server: "crm", tools: ["close"] };
const report = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/a"],
};

/** The service under these policies; another one over the same world is a later deployment. */
const under = (world: FakeWorld, ...texts: readonly string[]) =>
  new FakeService(world, { ...world.ports, policies: cedarOf(texts) });

/** A task of twelve hours that may call a tool, and its presentation token for that tool's server. */
async function presented(texts: readonly string[], details: readonly object[] = [search]) {
  const world = fakeWorld();
  const service = under(world, ...texts);
  const held = await service.start({ authorization_details: JSON.stringify(details), task_ttl: "43200" });
  const { body } = await service.present(held.token);
  if (!body.access_token) throw new Error(`not presented: ${JSON.stringify(body)}`);
  return { world, service, held, token: body.access_token };
}

describe("I1: a grant of tools is decided anew", () => {
  it("at each introspection, by the hour that it is then", async () => {
    const { world, service, token } = await presented([ANYTHING, OFFICE_HOURS]);
    expect((await service.introspect(token)).body).toMatchObject({ active: true });
    world.pass(FOUR_HOURS + 3_599);
    expect((await service.introspect(token)).body).toMatchObject({ active: true });
    world.pass(1);
    expect((await service.introspect(token)).body).toEqual({ active: false });
  });

  it("at each presentation, by the hour that it is then", async () => {
    const { world, service, held } = await presented([ANYTHING, OFFICE_HOURS]);
    world.pass(FOUR_HOURS + 3_600);
    expect(await service.present(held.token)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });

  it("at both, by the policies that are deployed then", async () => {
    const { world, held, token } = await presented([ANYTHING]);
    const later = under(world, ANYTHING, NO_TOOLS);
    expect((await later.introspect(token)).body).toEqual({ active: false });
    expect(await later.present(held.token)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
    expect((await under(world, ANYTHING).introspect(token)).body).toMatchObject({ active: true });
  });

  it("for its server alone: what else the task was granted does not matter", async () => {
    const { world, token } = await presented([ANYTHING], [search, close, report]);
    const crm = `forbid (principal is Agent, action, resource is Tool) when { resource.server == "crm" };`;
    const aws = "forbid (principal is Agent, action, resource is AWS::Resource);";
    const { body } = await under(world, ANYTHING, crm, aws).introspect(token);
    expect(body).toMatchObject({ active: true, authorization_details: [search] });
  });

  it("I3: for a child within what the task above is granted then", async () => {
    const world = fakeWorld();
    const service = under(world, ANYTHING);
    const parent = await service.start({ authorization_details: JSON.stringify([search, report]) });
    const child = await service.startBelow(parent, { authorization_details: JSON.stringify([search]) });
    const token = (await service.present(child.token)).body.access_token ?? "";
    expect((await service.introspect(token)).body).toMatchObject({ active: true });
    const notTheParent = `forbid (principal is Agent, action, resource is Tool) when { principal.id == "demo" };`;
    expect((await under(world, ANYTHING, notTheParent).introspect(token)).body).toEqual({ active: false });
  });

  it("I3: for a child within its delegation", async () => {
    const world = fakeWorld();
    const service = under(world, ANYTHING);
    const parent = await service.start({ authorization_details: JSON.stringify([search, close]) });
    const only = { authorization_details: JSON.stringify([search]) };
    const child = await service.startBelow(parent, only);
    const token = (await service.present(child.token)).body.access_token ?? "";
    expect((await service.introspect(token)).body).toMatchObject({ active: true, authorization_details: [search] });
    expect(await service.present(child.token, { audience: "crm" })).toMatchObject({ status: 403 });
  });
});

describe("@bindIp", () => {
  it("grants no tool: nothing binds a call of one to an address", async () => {
    const world = fakeWorld();
    const bound = under(world, `@bindIp ${ANYTHING}`);
    const request = { authorization_details: JSON.stringify([search]) };
    expect(await bound.exchange(request)).toMatchObject({
      status: 403,
      body: { code: "policy_denied", denials: [{ action: "tool:Call", reason: expect.stringContaining("address") }] },
    });
    expect(await under(world, `@bindIp ${ANYTHING}`, ANYTHING).exchange(request)).toMatchObject({ status: 200 });
  });
});
