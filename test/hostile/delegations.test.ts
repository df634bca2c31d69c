import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { type Answer, accessKeysIn, FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const OTHER_ACCOUNT = accountId("444455556666");
const aws = (actions: readonly string[], resources: readonly string[], more: object = {}) => ({
  authorization_details: JSON.stringify([{ type: "aws", account: ACCOUNT, actions, resources, ...more }]),
});
const PARENTS = aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/*"]);
const CHILDS = aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/a"]);

/** Agents `demo`, `helper` and `thief`. Policy permits them everything, so only the tasks above limit them. */
function serve(): FakeService {
  const world = fakeWorld();
  world.addAgent({ id: "thief" });
  const deployment = {
    ...world.ports.deployment,
    accounts: [
      ...world.ports.deployment.accounts,
      { id: OTHER_ACCOUNT, region: regionNamed("us-east-1"), taskRoles: 2 },
    ],
  };
  const policies = cedarOf(["permit (principal, action, resource);"]);
  return new FakeService(world, { ...world.ports, deployment, policies });
}

async function delegated(changed: Readonly<Record<string, string>> = {}) {
  const service = serve();
  const parent = await service.start(PARENTS);
  return { service, parent, token: await service.delegation(parent, changed) };
}

/** Expects a refusal with the code, no credentials, and no live task below the parent. */
async function expectNothing(
  service: FakeService,
  parent: Held,
  { status, body }: Answer,
  code: string,
): Promise<void> {
  expect({ status: status >= 400, code: body.code }).toEqual({ status: true, code });
  expect(accessKeysIn(body)).toEqual([]);
  expect(await service.world.ports.tasks.below(parent.id as never)).toEqual([]);
}

describe("a delegation token", () => {
  it("is of no use to a thief: only the agent that it names can redeem it", async () => {
    const { service, parent, token } = await delegated();
    for (const sub of ["agent:thief", "agent:demo", "agent:tickets"]) {
      const answer = await service.exchangeDelegation(token, {
        ...CHILDS,
        actor_token: service.world.agentToken({ sub }),
      });
      await expectNothing(service, parent, answer, "delegation_token_invalid");
    }
    expect(await service.exchangeDelegation(token, CHILDS)).toMatchObject({ status: 200 });
  });

  it("is refused without the sub-agent's own token, and with a used or foreign one", async () => {
    const { service, parent, token } = await delegated();
    await expectNothing(
      service,
      parent,
      await service.exchangeDelegation(token, { actor_token: undefined }),
      "malformed_request",
    );
    const stranger = service.world.agentToken({ sub: "agent:nobody" });
    await expectNothing(
      service,
      parent,
      await service.exchangeDelegation(token, { actor_token: stranger }),
      "agent_unknown",
    );
    const used = service.world.agentToken({ sub: "agent:helper" });
    await service.exchange({ ...CHILDS, subject_token: used });
    await expectNothing(
      service,
      parent,
      await service.exchangeDelegation(token, { ...CHILDS, actor_token: used }),
      "token_replayed",
    );
    expect(await service.exchangeDelegation(token, CHILDS)).toMatchObject({ status: 200 });
  });

  it("opens one task, however often and however closely in time it is used", async () => {
    const { service, parent, token } = await delegated();
    const answers = await Promise.all(Array.from({ length: 8 }, () => service.exchangeDelegation(token, CHILDS)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await service.exchangeDelegation(token, CHILDS)).toMatchObject({
      body: { code: "delegation_token_invalid" },
    });
    expect(await service.world.ports.tasks.below(parent.id as never)).toHaveLength(1);
  });

  it("is void once its task was completed, revoked, ended by an operator, or passed its deadline", async () => {
    const ends: readonly ((service: FakeService, parent: Held) => unknown)[] = [
      (service, parent) => service.complete(parent),
      (service, parent) => service.revoke(parent.token),
      (service, parent) => service.endTask(parent.id),
      ({ world }) => world.pass(900),
    ];
    for (const end of ends) {
      const { service, parent, token } = await delegated();
      await end(service, parent);
      await expectNothing(service, parent, await service.exchangeDelegation(token, CHILDS), "delegation_token_invalid");
    }
  });

  it("is void past its own deadline, and once its agent is suspended", async () => {
    const { service, parent, token } = await delegated({ task_ttl: "30" });
    service.world.pass(30);
    await expectNothing(service, parent, await service.exchangeDelegation(token, CHILDS), "delegation_token_invalid");
    const other = await delegated();
    other.service.world.addAgent({ id: "helper", status: "suspended" });
    const answer = await other.service.exchangeDelegation(other.token, CHILDS);
    await expectNothing(other.service, other.parent, answer, "agent_inactive");
  });

  it("is not accepted as any other token, nor any other token as a delegation token", async () => {
    const { service, parent, token } = await delegated();
    const { body: shown } = await service.present(parent.token);
    expect(shown.code).toBe("policy_denied");
    expect(await service.renew({ ...parent, token })).toMatchObject({ status: 401 });
    expect(await service.readTask({ ...parent, token })).toMatchObject({ status: 401 });
    expect(await service.complete({ ...parent, token })).toMatchObject({ status: 401 });
    expect(await service.delegate(token)).toMatchObject({ body: { code: "subject_token_unknown" } });
    expect((await service.introspect(token)).body).toEqual({ active: false });
    expect(await service.revoke(token)).toMatchObject({ status: 200 });
    expect(service.world.ports.tasks.tasks.get(parent.id)?.status).toBe("active");
    for (const wrong of [parent.token, service.world.agentToken(), token.replace("vkd_", "vk_"), `${token}A`, "vkd_"]) {
      await expectNothing(service, parent, await service.exchangeDelegation(wrong, CHILDS), "delegation_token_invalid");
    }
    const asIdentity = await service.exchange({ ...CHILDS, subject_token: token });
    await expectNothing(service, parent, asIdentity, "token_malformed");
  });

  it("is refused with another kind of subject, whoever acts", async () => {
    const { service, parent } = await delegated();
    const { world } = service;
    const idToken = "urn:ietf:params:oauth:token-type:id_token";
    for (const [subject_token, code] of [
      [world.agentToken(), "delegation_unsupported"],
      [world.operatorToken(), "token_audience"],
      [world.personToken(), "actor_not_allowed"],
    ] as const) {
      const actor = { actor_token: world.agentToken({ sub: "agent:helper" }), actor_token_type: idToken };
      const answer = await service.exchange({ ...CHILDS, ...actor, subject_token });
      await expectNothing(service, parent, answer, code);
    }
    const odd = await service.exchangeDelegation("x", {
      ...CHILDS,
      actor_token_type: "urn:ietf:params:oauth:token-type:saml2",
    });
    await expectNothing(service, parent, odd, "unsupported_token_type");
  });
});

describe("a child's intent that exceeds its parent's", () => {
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ["in an action", aws(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::acme-data/reports/a"]), "s3:PutObject"],
    ["in a pattern of actions", aws(["s3:GetObject*"], ["arn:aws:s3:::acme-data/reports/a"]), "s3:GetObjectAcl"],
    ["in a resource", aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/payroll"]), "s3:GetObject"],
    ["in a set", aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/*"]), "s3:GetObject"],
    ["in a set that only begins alike", aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/reports*"]), "s3:GetObject"],
    ["in another bucket", aws(["s3:GetObject"], ["arn:aws:s3:::acme-data-2/reports/a"]), "s3:GetObject"],
    [
      "in the account, which the ARN does not name",
      aws(["s3:GetObject"], ["arn:aws:s3:::acme-data/reports/a"], { account: OTHER_ACCOUNT }),
      "s3:GetObject",
    ],
    ["in a whole account's action", aws(["s3:ListAllMyBuckets"], ["*"]), "s3:ListAllMyBuckets"],
    ["in a tool", { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' }, "tool:Call"],
  ];
  it.each(rows)(
    "is refused %s, and the denial names the action; the delegation that requests it is refused too",
    async (_, wide, action) => {
      const { service, parent, token } = await delegated();
      const answer = await service.exchangeDelegation(token, wide);
      await expectNothing(service, parent, answer, "policy_denied");
      expect(answer.body.denials?.map((denial) => denial.action)).toContain(action);
      expect(await service.delegate(parent.token, wide)).toMatchObject({ body: { code: "policy_denied" } });
    },
  );

  it("is refused where it exceeds its delegation's, though the parent has it", async () => {
    const { service, parent, token } = await delegated(CHILDS);
    await expectNothing(service, parent, await service.exchangeDelegation(token, PARENTS), "policy_denied");
  });

  it("is shortened where it exceeds the deadline", async () => {
    const { service, token } = await delegated();
    const { body } = await service.exchangeDelegation(token, { ...CHILDS, task_ttl: "43200" });
    expect(body.task?.expires_at).toBe("2026-11-24T12:15:00Z");
  });

  it("is refused on a lower level too, and for a repeat under an idempotency key", async () => {
    const { service, parent } = await delegated();
    const child = await service.startBelow(parent, { ...CHILDS, idempotency_key: "one" });
    const below = await service.delegation(child, { audience: "thief" });
    const actor_token = service.world.agentToken({ sub: "agent:thief" });
    const wide = await service.exchangeDelegation(below, { ...PARENTS, actor_token, idempotency_key: "one" });
    expect(wide).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});

describe("a tree of tasks", () => {
  it("has at most four levels, whoever delegates to whom", async () => {
    const service = serve();
    let held = await service.start(PARENTS);
    for (let depth = 1; depth <= 3; depth += 1) held = await service.startBelow(held, CHILDS);
    const early = await service.delegation(held);
    const last = await service.startBelow(held, CHILDS);
    expect(await service.delegate(last.token)).toMatchObject({ status: 403, body: { code: "delegation_too_deep" } });
    expect(await service.exchangeDelegation(early, CHILDS)).toMatchObject({ status: 200 });
    // A token such as an earlier, laxer version issued.
    const { tasks } = service.world.ports.tasks;
    const [task, parent] = [tasks.get(last.id), tasks.get(held.id)];
    const fresh = await service.delegation(held);
    const known = tasks.get(held.id)?.delegations.at(-1);
    if (!task || !parent || !known) throw new Error("gone");
    const { hashToken } = await import("../../functions/core/tasks/token.ts");
    const moved = fresh.replace(held.id, last.id);
    tasks.set(last.id, { ...task, delegations: [{ ...known, hash: hashToken(moved) }] });
    expect(await service.exchangeDelegation(moved, CHILDS)).toMatchObject({ body: { code: "delegation_too_deep" } });
  });

  it("has at most twenty live tasks below one task; the task beyond is withdrawn", async () => {
    const service = serve();
    const parent = await service.start(PARENTS);
    const children: Held[] = [];
    for (let count = 0; count < 20; count += 1) children.push(await service.startBelow(parent, CHILDS));
    const token = await service.delegation(parent);
    const again = { ...CHILDS, idempotency_key: "late" };
    expect(await service.exchangeDelegation(token, again)).toMatchObject({
      status: 429,
      body: { code: "too_many_children" },
    });
    expect(await service.world.ports.tasks.below(parent.id as never)).toHaveLength(20);
    const [first] = children;
    if (first) await service.complete(first);
    expect(await service.exchangeDelegation(token, again)).toMatchObject({ status: 200 });
  });

  it("ends with its root: no task below is alive, renews, delegates or passes introspection", async () => {
    const service = serve();
    const tool = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
    const root = await service.start(tool);
    const child = await service.startBelow(root, tool);
    const grandchild = await service.startBelow(child, tool);
    const { body: shown } = await service.present(grandchild.token);
    const pending = await service.delegation(grandchild);
    await service.complete(root);
    for (const held of [child, grandchild]) {
      expect(await service.readTask(held)).toMatchObject({ body: { status: "revoked" } });
      expect(await service.delegate(held.token)).toMatchObject({ body: { code: "task_ended" } });
    }
    expect((await service.introspect(shown.access_token ?? "")).body).toEqual({ active: false });
    expect(await service.exchangeDelegation(pending, tool)).toMatchObject({
      body: { code: "delegation_token_invalid" },
    });
  });

  it("gives nothing below an ended root, even while the ending has not reached the lower tasks", async () => {
    const service = serve();
    const tool = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
    const both = {
      authorization_details: JSON.stringify([
        ...JSON.parse(PARENTS.authorization_details),
        ...JSON.parse(tool.authorization_details),
      ]),
    };
    const root = await service.start(both);
    const child = await service.startBelow(root, both);
    const grandchild = await service.startBelow(child, both);
    const { body: shown } = await service.present(grandchild.token);
    const pending = await service.delegation(grandchild);
    service.world.pass(11);
    const { tasks } = service.world.ports.tasks;
    const task = tasks.get(root.id);
    if (!task) throw new Error("gone");
    tasks.set(root.id, { ...task, status: "completed" });
    expect(await service.renew(grandchild)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    expect(await service.exchangeDelegation(pending, CHILDS)).toMatchObject({ body: { code: "task_ended" } });
    expect((await service.introspect(shown.access_token ?? "")).body).toEqual({ active: false });
    tasks.set(root.id, task);
  });
});
