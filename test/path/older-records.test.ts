import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { sealedFieldsOf } from "../../functions/core/tasks/sealed-fields.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { makeToken } from "../../functions/core/tasks/token.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { ApprovalScene, intentOf, permitting } from "./approvals/approving.ts";

const TOOL = 'permit (principal, action == Action::"tool:Call", resource is Tool);';
const codeOf = ({ body }: { readonly body: { readonly code?: string } }) => body.code;

/** Copies a task's record. The returned function puts the copy back, with the present chain, so that later writes succeed. */
function keep({ ports }: FakeWorld, { id }: Pick<Held, "id">): () => void {
  const { tasks } = ports.tasks;
  const copy = structuredClone(tasks.get(id) as Task);
  return () => void tasks.set(id, { ...copy, chain: (tasks.get(id) as Task).chain });
}

describe("the waiting version of an approved task, which somebody has put back", () => {
  async function approved() {
    const scene = new ApprovalScene([permitting('@approval("sre")'), TOOL]);
    const details = [...JSON.parse(intentOf("s3:GetObject")), { type: "tool", server: "tickets", tools: ["search"] }];
    const held = await scene.waiting({ authorization_details: JSON.stringify(details), task_ttl: "60" });
    const putBack = keep(scene.world, held);
    scene.world.pass(10);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(15);
    return { scene, held, putBack };
  }

  it("is answered with nothing, within the approved time and after it (I9b)", async () => {
    const { scene, held, putBack } = await approved();
    const shown = (await scene.service.present(held.token)).body.access_token ?? "";
    putBack();
    for (const seconds of [0, 60]) {
      scene.world.pass(seconds);
      expect(codeOf(await scene.poll(held))).toBe("task_ended");
      expect((await scene.service.renew(held)).status).toBe(403);
      expect(codeOf(await scene.service.present(held.token))).toBe("task_ended");
      expect(codeOf(await scene.service.delegate(held.token))).toBe("task_ended");
      expect((await scene.service.introspect(shown)).body).toEqual({ active: false });
    }
  });

  it("is refused for now, and nothing rings, where the approval was used after the record was read", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), TOOL]);
    const held = await scene.waiting();
    await scene.vote(held);
    const { ballots } = scene.world.ports;
    let isFirst = true;
    ballots.before = async (method) => {
      if (method !== "read" || !isFirst) return;
      isFirst = false;
      expect((await scene.poll(held)).status).toBe(200);
    };
    expect(await scene.service.renew(held)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(scene.world.lines.map(({ event }) => event)).not.toContain("seal_broken");
    scene.world.pass(15);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it("rings, since somebody has changed the record", async () => {
    const { scene, held, putBack } = await approved();
    putBack();
    await scene.poll(held);
    expect(scene.world.lines).toContainEqual(
      expect.objectContaining({ level: "error", event: "seal_broken", type: "approval-use", task: held.id }),
    );
  });
});

const AWS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};
const BOTH = { authorization_details: JSON.stringify([AWS, { type: "tool", server: "tickets", tools: ["search"] }]) };
const BELOW = { authorization_details: JSON.stringify([AWS]) };

/** A task with an unused delegation token and a presentation token, and its record as it was then. */
async function withTokens() {
  const service = new FakeService(fakeWorld());
  const parent = await service.start(BOTH);
  const delegation = await service.delegation(parent);
  const shown = (await service.present(parent.token)).body.access_token ?? "";
  const record = () => service.world.ports.tasks.tasks.get(parent.id) as Task;
  return { service, parent, delegation, shown, record, putBack: keep(service.world, parent) };
}

describe("a token that was revoked, whose entry somebody has put back into the task's record", () => {
  it("opens no task, where it is a delegation token (I3)", async () => {
    const { service, delegation, putBack } = await withTokens();
    expect((await service.revoke(delegation)).status).toBe(200);
    putBack();
    const opened = await service.exchangeDelegation(delegation, BELOW);
    expect(codeOf(opened)).toBe("delegation_token_invalid");
  });

  it("opens no task either where it was revoked after the request had read it", async () => {
    const { service, parent, delegation, putBack } = await withTokens();
    const { tasks } = service.world.ports;
    tasks.before = async (method) => {
      if (method !== "open") return;
      tasks.before = () => undefined;
      await service.revoke(delegation);
      putBack();
    };
    expect(codeOf(await service.exchangeDelegation(delegation, BELOW))).toBe("delegation_token_invalid");
    expect(await tasks.below(parent.id as Task["path"])).toEqual([]);
  });

  it("is not active, where it is a presentation token", async () => {
    const { service, shown, putBack } = await withTokens();
    expect((await service.introspect(shown)).body.active).toBe(true);
    expect((await service.revoke(shown)).status).toBe(200);
    putBack();
    expect((await service.introspect(shown)).body).toEqual({ active: false });
  });

  it("is revoked though somebody had taken the entry out of the record before", async () => {
    const { service, parent, delegation, shown, record, putBack } = await withTokens();
    const { tasks } = service.world.ports.tasks;
    tasks.set(parent.id, { ...record(), delegations: [], presentations: [] });
    for (const token of [delegation, shown]) expect((await service.revoke(token)).status).toBe(200);
    putBack();
    expect(codeOf(await service.exchangeDelegation(delegation, BELOW))).toBe("delegation_token_invalid");
    expect((await service.introspect(shown)).body).toEqual({ active: false });
  });

  it("is no stranger's to revoke: an unknown token causes no write", async () => {
    const { service, parent, delegation, record } = await withTokens();
    const before = record();
    expect((await service.revoke(delegation.replace(/.$/, (last) => (last === "A" ? "E" : "A")))).status).toBe(200);
    expect((await service.revoke(makeToken("vkp", parent.id as Task["path"], new Uint8Array(32)))).status).toBe(200);
    expect(record()).toEqual(before);
  });
});

describe("a task that was handed out and has ended, of which somebody says that it was withdrawn", () => {
  const KEYED = { ...BOTH, idempotency_key: "run-1" };
  const asWithdrawn = ({ world }: FakeService, { id }: Pick<Held, "id">) => {
    const { tasks } = world.ports.tasks;
    const { confirmed: _, ...task } = tasks.get(id) as Task;
    tasks.set(id, { ...task, status: "withdrawn" });
  };

  it("makes no used token unused", async () => {
    const service = new FakeService(fakeWorld());
    const request = { ...KEYED, subject_token: service.world.agentToken() };
    const held = await service.start(request);
    await service.complete(held);
    asWithdrawn(service, held);
    service.world.pass(15);
    expect(codeOf(await service.exchange(request))).toBe("task_ended");
  });

  it("makes no used delegation unused (I3)", async () => {
    const { service, parent, delegation } = await withTokens();
    const request = { ...BELOW, idempotency_key: "run-2" };
    const { body } = await service.exchangeDelegation(delegation, request);
    const child = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    await service.complete(child);
    asWithdrawn(service, child);
    service.world.pass(15);
    expect(codeOf(await service.exchangeDelegation(delegation, request))).toBe("task_ended");
    expect(await service.world.ports.tasks.below(parent.id as Task["path"])).toEqual([]);
  });

  it("makes no used token unused where only a repeat of the request was answered", async () => {
    const service = new FakeService(fakeWorld());
    const { tasks } = service.world.ports;
    const request = { ...KEYED, subject_token: service.world.agentToken() };
    tasks.before = (method) => {
      if (["confirm", "end"].includes(method)) throw new Refusal("store_unavailable");
    };
    expect((await service.exchange(request)).status).toBe(503);
    tasks.before = () => undefined;
    service.world.pass(15);
    const repeated = await service.exchange(request);
    expect(repeated.status).toBe(200);
    const held = { id: repeated.body.task?.id ?? "", token: repeated.body.access_token ?? "" };
    await service.complete(held);
    asWithdrawn(service, held);
    service.world.pass(15);
    expect(codeOf(await service.exchange(request))).toBe("task_ended");
  });

  it("is replaced by the same request where its confirmation was lost and the exchange withdrew it", async () => {
    const service = new FakeService(fakeWorld());
    const { tasks } = service.world.ports;
    const request = { ...KEYED, subject_token: service.world.agentToken() };
    const confirm = tasks.confirm.bind(tasks);
    tasks.confirm = async (...of) => {
      await confirm(...of);
      tasks.confirm = confirm;
      throw new Refusal("store_unavailable");
    };
    expect((await service.exchange(request)).status).toBe(503);
    service.world.pass(15);
    expect((await service.exchange(request)).status).toBe(200);
    expect([...tasks.tasks.values()].map(({ status }) => status).toSorted()).toEqual(["active", "withdrawn"]);
  });
});

describe("what is believed of the tasks above, and of a token's own end", () => {
  it.each(["the task right above", "the root"])(
    "a task is refused once %s has ended, whatever its record says (I5)",
    async (which) => {
      const service = new FakeService(fakeWorld());
      const root = await service.start(BELOW);
      const child = await service.startBelow(root, BELOW);
      const grandchild = await service.startBelow(child, BELOW, "scout");
      service.world.pass(15);
      expect((await service.renew(grandchild)).status).toBe(200);
      // The record says that it is active: its ending was reset, and the endings of those below have not happened yet.
      const [above, agent] = which === "the root" ? [root, "demo"] : [child, "helper"];
      service.world.ports.tasks.live.get(agent)?.delete(above.id as Task["path"]);
      service.world.pass(15);
      expect(codeOf(await service.renew(grandchild))).toBe("task_ended");
      const token = await service.delegation(root, { audience: "third" }).catch(() => undefined);
      expect(token === undefined).toBe(which === "the root");
    },
  );

  it("a presentation token is not active after its own end, though its task goes on", async () => {
    const { service, parent, shown, record } = await withTokens();
    const { tasks } = service.world.ports.tasks;
    // As after a fresh token of the task's person.
    const longer = { ...record(), expiresAt: record().expiresAt + 600 };
    tasks.set(parent.id, { ...longer, seal: await service.world.ports.recordKey.seal("task", sealedFieldsOf(longer)) });
    service.world.pass(899);
    expect((await service.introspect(shown)).body.active).toBe(true);
    service.world.pass(1);
    expect((await service.introspect(shown)).body).toEqual({ active: false });
    expect((await service.renew(parent)).status).toBe(200);
  });
});
