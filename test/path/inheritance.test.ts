import { describe, expect, it } from "vitest";
import { sealTask } from "../../functions/steps/tasks/believe-task.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { type IamRequest, sessionPolicyAllows } from "../property/iam-oracle.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const BUCKET = "arn:aws:s3:::acme-data";
const aws = (actions: readonly string[], resources: readonly string[], conditions?: object) => ({
  type: "aws",
  account: ACCOUNT,
  actions,
  resources: resources.map((name) => `${BUCKET}${name}`),
  ...(conditions ? { conditions } : {}),
});
const requestFor = (...details: readonly object[]) => ({ authorization_details: JSON.stringify(details) });
const reads = (...names: readonly string[]) => requestFor(aws(["s3:GetObject"], names));

const ANYTHING = "permit (principal is Agent, action, resource);";
const PRIVATE = `forbid (principal is Agent, action, resource is AWS::Resource)
  when { principal.id == "demo" && resource.arn like "*private*" };`;

/** The service under these policies; another one over the same world is a later deployment. */
const under = (world: FakeWorld, ...texts: readonly string[]) =>
  new FakeService(world, { ...world.ports, policies: cedarOf(texts) });
const serve = (...texts: readonly string[]) => under(fakeWorld(), ...texts);

const policyOf = ({ world }: FakeService, task: string): string =>
  world.ports.sessions.asked.findLast(({ path }) => path === task)?.policy ?? "";
const policiesOf = ({ world }: FakeService, task: string): readonly string[] =>
  world.ports.sessions.asked.flatMap(({ path, policy }) => (path === task ? [policy] : []));
const allows = (policy: string, name: string, more: Partial<IamRequest> = {}) =>
  sessionPolicyAllows(policy, {
    action: "s3:GetObject",
    resource: `${BUCKET}${name}`,
    resourceAccount: ACCOUNT,
    ...more,
    context: { "aws:CurrentTime": "2026-11-24T12:01:00Z", ...more.context },
  });

describe("a child inherits conditions", () => {
  const LIST = aws(["s3:ListBucket"], [""]);
  const PREFIXED = aws(["s3:ListBucket"], [""], { StringLike: { "s3:prefix": "reports/*" } });
  const WRITTEN = '"StringLike":{"s3:prefix":"reports/*"}';

  it("of its parent, and of that one's, at the opening and at each renewal", async () => {
    const service = serve(ANYTHING);
    const child = await service.startBelow(await service.start(requestFor(PREFIXED)), requestFor(LIST));
    const grandchild = await service.startBelow(child, requestFor(LIST), "scout");
    service.world.pass(11);
    expect(await service.renew(grandchild)).toMatchObject({ status: 200 });
    expect(policiesOf(service, grandchild.id)).toHaveLength(2);
    for (const policy of policiesOf(service, grandchild.id)) expect(policy).toContain(WRITTEN);
  });

  it("of its delegation, at each renewal too", async () => {
    const service = serve(ANYTHING);
    const token = await service.delegation(await service.start(requestFor(LIST)), requestFor(PREFIXED));
    const { body } = await service.exchangeDelegation(token, requestFor(LIST));
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    service.world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(policiesOf(service, held.id)).toHaveLength(2);
    for (const policy of policiesOf(service, held.id)) expect(policy).toContain(WRITTEN);
  });

  it("a child may not have another value for a condition that it inherits", async () => {
    const service = serve(ANYTHING);
    const root = await service.start(requestFor(PREFIXED));
    for (const value of ["*", "reports/2026/*", ["reports/*", "x"]]) {
      const other = aws(["s3:ListBucket"], [""], { StringLike: { "s3:prefix": value } });
      const token = await service.delegation(root);
      expect(await service.exchangeDelegation(token, requestFor(other))).toMatchObject({
        status: 403,
        body: { denials: [{ action: "s3:ListBucket", reason: expect.stringContaining("StringLike s3:prefix") }] },
      });
    }
  });

  it("that policy requires of its parent's resources, by their tags", async () => {
    const tagged = `permit (principal is Agent, action, resource is AWS::Resource)
      when { principal.id != "demo" || resource.tags.team == "data" };`;
    const service = serve(tagged);
    const intent = requestFor({
      type: "aws",
      account: ACCOUNT,
      actions: ["dynamodb:GetItem"],
      resources: [`arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/orders`],
    });
    const child = await service.startBelow(await service.start(intent), intent);
    expect(policyOf(service, child.id)).toContain('"StringEquals":{"aws:ResourceTag/team":"data"}');
  });
});

describe("a child inherits Denies", () => {
  it("that hold for its parent and not for itself", async () => {
    const service = serve(ANYTHING, PRIVATE);
    const root = await service.start(reads("/*"));
    const child = await service.startBelow(root, reads("/*"));
    const grandchild = await service.startBelow(child, reads("/*"), "scout");
    for (const { id } of [root, child, grandchild]) {
      expect(await allows(policyOf(service, id), "/private/a")).toBe(false);
      expect(await allows(policyOf(service, id), "/public/a")).toBe(true);
    }
  });

  it("that came after it was opened", async () => {
    const world = fakeWorld();
    const before = under(world, ANYTHING);
    const child = await before.startBelow(await before.start(reads("/*")), reads("/*"));
    expect(await allows(policyOf(before, child.id), "/private/a")).toBe(true);
    world.pass(11);
    const after = under(world, ANYTHING, PRIVATE);
    expect(await after.renew(child)).toMatchObject({ status: 200 });
    expect(await allows(policyOf(after, child.id), "/private/a")).toBe(false);
  });
});

describe("a child inherits terms", () => {
  it("such as the address that its parent is bound to", async () => {
    const service = serve(`@bindIp ${ANYTHING.replace(";", ' when { principal.id == "demo" };')}`, OTHERS);
    const child = await service.startBelow(await service.start(reads("/a")), reads("/a"));
    const { id } = await service.startBelow(child, reads("/a"), "scout");
    const from = (ip: string) =>
      allows(policyOf(service, id), "/a", { context: { "aws:SourceIp": ip, "aws:ViaAWSService": "false" } });
    expect([await from("203.0.113.7"), await from("198.51.100.9")]).toEqual([true, false]);
  });

  it("a child gets nothing from another address", async () => {
    const service = serve(`@bindIp ${ANYTHING.replace(";", ' when { principal.id == "demo" };')}`, OTHERS);
    const root = await service.start(reads("/a"));
    const { tasks } = service.world.ports.tasks;
    const task = tasks.get(root.id);
    if (task)
      tasks.set(
        root.id,
        await sealTask({ ...task, facts: { ...task.facts, sourceIp: "198.51.100.9" } }, service.world.ports),
      );
    expect(await service.exchangeDelegation(await service.delegation(root), reads("/a"))).toMatchObject({
      status: 403,
      body: { code: "policy_denied", denials: [{ hint: "Run the sub-agent where the task above it runs." }] },
    });
  });

  it("such as how long its parent may live, though policy shortened that meanwhile", async () => {
    const world = fakeWorld();
    const before = under(world, ANYTHING);
    const long = { task_ttl: "7200" };
    const child = await before.startBelow(await before.start({ ...reads("/a"), ...long }), { ...reads("/a"), ...long });
    const after = under(world, `@maxTtl("20m") ${ANYTHING.replace(";", ' when { principal.id == "demo" };')}`, OTHERS);
    world.pass(900);
    expect((await after.renew(child)).body.Expiration).toBe("2026-11-24T12:20:00Z");
    world.pass(301);
    expect(await after.renew(child)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});

const OTHERS = 'permit (principal is Agent, action, resource) when { principal.id != "demo" };';

describe("the tasks above are decided anew for their own agents", () => {
  it("at the opening and at each renewal: what they lost their children lose", async () => {
    const world = fakeWorld();
    const before = under(world, ANYTHING);
    const root = await before.start(reads("/*"));
    const child = await before.startBelow(root, reads("/a"));
    const after = under(world, ANYTHING, 'forbid (principal == Agent::"demo", action, resource);');
    world.pass(11);
    const refused = {
      status: 403,
      body: { code: "policy_denied", error_description: expect.stringContaining("above") },
    };
    expect(await after.renew(child)).toMatchObject(refused);
    expect(await after.exchangeDelegation(await after.delegation(root), reads("/a"))).toMatchObject(refused);
  });

  it("with the purpose, the time and the claims that they were opened with, and from where the request comes", async () => {
    const world = fakeWorld();
    const before = under(world, ANYTHING);
    const child = await before.startBelow(await before.start({ ...reads("/a"), purpose: "the whole" }), reads("/a"));
    world.pass(11);
    const rule = (when: string) => under(world, ANYTHING, `forbid (principal, action, resource) when { ${when} };`);
    expect(await rule('principal.id == "demo" && context.purpose != "the whole"').renew(child)).toMatchObject({
      status: 200,
    });
    world.pass(11);
    const elsewhere = 'principal.id == "demo" && context has sourceIp && !context.sourceIp.isInRange(ip("10.0.0.0/8"))';
    expect(await rule(elsewhere).renew(child)).toMatchObject({ status: 403 });
  });

  it("an agent's suspension, at any level, stops renewals and openings below", async () => {
    for (const agent of ["demo", "helper", "scout"]) {
      const service = serve(ANYTHING);
      const root = await service.start(reads("/*"));
      const child = await service.startBelow(root, reads("/*"));
      const grandchild = await service.startBelow(child, reads("/*"), "scout");
      const token = await service.delegation(grandchild, { audience: "last" });
      service.world.addAgent({ id: agent, status: "suspended" });
      service.world.pass(11);
      expect(await service.renew(grandchild)).toMatchObject({ status: 403, body: { code: "agent_inactive" } });
      const actor_token = service.world.agentToken({ sub: "agent:last" });
      const opened = await service.exchangeDelegation(token, { ...reads("/a"), actor_token });
      expect(opened).toMatchObject({ status: 403, body: { code: "agent_inactive" } });
    }
  });
});

describe("policy reads the delegation", () => {
  it("how deep it is and whose it is, and may forbid it", async () => {
    const deep = "forbid (principal, action, resource) when { context.delegation.depth > 1 };";
    const ofTickets = 'forbid (principal, action, resource) when { context.delegation.chain.contains("tickets") };';
    const service = serve(ANYTHING, deep, ofTickets);
    const root = await service.start(reads("/*"));
    const child = await service.startBelow(root, reads("/*"));
    await expect(service.startBelow(child, reads("/*"), "scout")).rejects.toThrow("policy_denied");
    const tickets = await service.start({
      ...reads("/*"),
      subject_token: service.world.agentToken({ sub: "agent:tickets" }),
    });
    await expect(service.startBelow(tickets, reads("/*"))).rejects.toThrow("policy_denied");
  });
});

describe("a sub-agent that policy permits more than its parent", () => {
  const MORE = `permit (principal is Agent, action, resource is AWS::Resource)
    when { principal.id != "demo" || resource.arn like "${BUCKET}/reports/*" };`;

  it("gets nothing beyond its parent's, and learns what that has", async () => {
    const service = serve(MORE);
    const token = await service.delegation(await service.start(reads("/reports/*")));
    const intent = requestFor(aws(["s3:GetObject", "s3:PutObject"], ["/*"]));
    const { body } = await service.exchangeDelegation(token, intent);
    expect(body.denials).toMatchObject([
      {
        action: "s3:GetObject",
        hint: `The task above has ${BUCKET}/reports/* of this: request that, or use mode=narrow.`,
      },
      { action: "s3:PutObject", hint: "A task can only be granted what the task above it has." },
    ]);
  });

  it("gets the intersection where it requests what it can have", async () => {
    const service = serve(MORE);
    const token = await service.delegation(await service.start(reads("/reports/*")));
    const { status, body } = await service.exchangeDelegation(token, { ...reads("/*"), mode: "narrow" });
    expect([status, body.authorization_details]).toMatchObject([
      200,
      [{ actions: ["s3:GetObject"], resources: [`${BUCKET}/reports/*`] }],
    ]);
    const policy = policyOf(service, body.task?.id ?? "");
    expect([await allows(policy, "/reports/a"), await allows(policy, "/other")]).toEqual([true, false]);
  });
});
