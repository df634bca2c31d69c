import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";

const AWS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};
const FORM = {
  authorization_details: JSON.stringify([AWS, { type: "tool", server: "tickets", tools: ["search"] }]),
  idempotency_key: "run-1",
};

/** A task with a child, an unused delegation, a used one, and a presentation, all of which then ended. */
async function ended() {
  const service = new FakeService(fakeWorld());
  const parent = await service.start(FORM);
  const child = await service.startBelow(parent, { authorization_details: JSON.stringify([AWS]) });
  const unused = await service.delegation(parent);
  const presentation = (await service.present(parent.token)).body.access_token ?? "";
  const { tasks } = service.world.ports.tasks;
  const before = new Map([parent, child].map(({ id }) => [id, structuredClone(tasks.get(id) as Task)]));
  expect((await service.complete(parent)).status).toBe(200);
  service.world.pass(15);
  /**
   * Write of an attacker with access to a task's record. Restores the old record to the letter, but with the present
   * chain, so that later writes succeed.
   */
  const revive = ({ id }: Held) =>
    void tasks.set(id, { ...(before.get(id) as Task), chain: (tasks.get(id) as Task).chain });
  return { service, parent, child, unused, presentation, revive };
}

describe("an ended task whose record somebody reset to the letter (I5)", () => {
  it("is not renewed, and passes no introspection", async () => {
    const { service, parent, child, presentation, revive } = await ended();
    revive(parent);
    revive(child);
    expect(await service.renew(parent)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    expect(await service.renew(child)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    expect((await service.present(parent.token)).status).toBe(403);
    expect((await service.introspect(presentation)).body).toEqual({ active: false });
  });

  it("gives no delegation, and opens no task below itself", async () => {
    const { service, parent, unused, revive } = await ended();
    revive(parent);
    expect((await service.delegate(parent.token)).status).toBe(403);
    expect((await service.exchangeDelegation(unused, { authorization_details: JSON.stringify([AWS]) })).status).toBe(
      403,
    );
  });

  it("is not reopened by the request that opened it, nor opened anew as if it had been withdrawn", async () => {
    const { service, parent, revive } = await ended();
    revive(parent);
    expect(await service.exchange(FORM)).toMatchObject({ status: 403, body: { code: "task_ended" } });
    const { tasks } = service.world.ports.tasks;
    const alive = await service.start({ ...FORM, idempotency_key: "run-2" });
    tasks.set(alive.id, { ...(tasks.get(alive.id) as Task), status: "withdrawn" });
    expect((await service.exchange({ ...FORM, idempotency_key: "run-2" })).status).toBe(403);
  });
});

describe("a used delegation", () => {
  it("opens no second task, though somebody reset its parent's record (I3)", async () => {
    const service = new FakeService(fakeWorld());
    const parent = await service.start(FORM);
    const token = await service.delegation(parent);
    const { tasks } = service.world.ports.tasks;
    const before = structuredClone(tasks.get(parent.id) as Task);
    const form = { authorization_details: JSON.stringify([AWS]) };
    expect((await service.exchangeDelegation(token, form)).status).toBe(200);
    tasks.set(parent.id, before);
    expect(await service.exchangeDelegation(token, form)).toMatchObject({ body: { code: "delegation_token_invalid" } });
  });

  it("keeps its own details, and does not take those of a child that somebody wrote into it", async () => {
    const service = new FakeService(fakeWorld());
    const parent = await service.start(FORM);
    const narrow = JSON.stringify([{ ...AWS, resources: ["arn:aws:s3:::acme-data/reports/weekly/*"] }]);
    const token = await service.delegation(parent, { authorization_details: narrow });
    const wide = await service.startBelow(parent, { authorization_details: JSON.stringify([AWS]) });
    const { tasks } = service.world.ports.tasks;
    const own = tasks.get(parent.id) as Task;
    for (const child of [wide.id, undefined]) {
      const delegations = own.delegations.map(({ details: _, ...each }) => ({ ...each, ...(child ? { child } : {}) }));
      tasks.set(parent.id, { ...own, delegations } as unknown as Task);
      const request = { authorization_details: JSON.stringify([AWS]), idempotency_key: "run-3" };
      expect(await service.exchangeDelegation(token, request)).toMatchObject({
        body: { code: "delegation_token_invalid" },
      });
    }
    tasks.set(parent.id, own);
    expect((await service.exchangeDelegation(token, { authorization_details: narrow })).status).toBe(200);
  });

  it("is valid only for the agent, the deadline and the task that the exchange sealed it for", async () => {
    const service = new FakeService(fakeWorld());
    const [parent, other] = [await service.start(FORM), await service.start({ ...FORM, idempotency_key: "run-2" })];
    const token = await service.delegation(parent, { audience: "scout", task_ttl: "60" });
    const { tasks } = service.world.ports.tasks;
    const own = tasks.get(parent.id) as Task;
    const [given] = own.delegations;
    if (!given) throw new Error("no delegation");
    const form = { authorization_details: JSON.stringify([AWS]) };
    service.world.addAgent({ id: "helper" });
    const asScout = () => ({ ...form, actor_token: service.world.agentToken({ sub: "agent:scout" }) });
    tasks.set(parent.id, { ...own, delegations: [{ ...given, agent: agentId("helper") }] });
    expect((await service.exchangeDelegation(token, form)).body.code).toBe("delegation_token_invalid");
    tasks.set(parent.id, { ...own, delegations: [{ ...given, expiresAt: given.expiresAt + 600 }] });
    expect((await service.exchangeDelegation(token, asScout())).body.code).toBe("delegation_token_invalid");
    const elsewhere = tasks.get(other.id) as Task;
    tasks.set(other.id, { ...elsewhere, delegations: [given] });
    const moved = token.replace(parent.id, other.id);
    expect((await service.exchangeDelegation(moved, asScout())).body.code).toBe("delegation_token_invalid");
    // A presentation's seal does not fit a delegation, nor the reverse.
    const shown = (await service.present(parent.token)).body.access_token ?? "";
    const { presentations } = tasks.get(parent.id) as Task;
    const [presentation] = presentations;
    if (!presentation) throw new Error("no presentation");
    tasks.set(parent.id, {
      ...own,
      delegations: [{ ...given, seal: presentation.seal }],
      presentations: [{ ...presentation, seal: given.seal }],
    });
    expect((await service.exchangeDelegation(token, asScout())).body.code).toBe("delegation_token_invalid");
    expect((await service.introspect(shown)).body).toEqual({ active: false });
    tasks.set(parent.id, { ...own, presentations });
    expect((await service.introspect(shown)).body.active).toBe(true);
    expect((await service.exchangeDelegation(token, asScout())).status).toBe(200);
  });
});
