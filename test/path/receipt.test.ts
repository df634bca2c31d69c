import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { READ_OBJECT } from "../fakes/world/service.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { API_KEY, ConnectedWorld, ORDERS } from "../harness/connected-world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const receiptOf = async (triggers: Triggers, task: string) => {
  const { status, body } = await triggers.service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task } });
  expect(status).toBe(200);
  return body;
};

const iso = (ms: number) => new Date(ms).toISOString();

describe("the receipt of an ending", () => {
  it("has when the state changed, who changed it, and when IAM had the denial of each lease", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    const endedAtMs = triggers.service.world.ports.clock.nowMs();
    await triggers.service.endTask(held.id);
    triggers.service.world.pass(0.25);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ complete: false, leases: [{ status: "pending" }] });
    triggers.revocations.before = (method) => {
      if (method === "write") triggers.service.world.pass(0.1);
    };
    await triggers.relay();
    await triggers.reconcile();
    expect(await receiptOf(triggers, held.id)).toEqual({
      task: held.id,
      agent: "demo",
      status: "revoked",
      ended_at: iso(endedAtMs),
      by: "staff|alice",
      leases: [
        {
          name: "aws-0",
          type: "aws",
          account: ACCOUNT,
          role: triggers.roleOf(held),
          access_key_id: expect.stringMatching(/^ASIA/),
          fence_at: expect.any(String),
          status: "written",
          policy_written_at: iso(endedAtMs + 350),
          milliseconds: 350,
        },
      ],
      below: [],
      complete: true,
    });
  });

  it("of a task that is alive is not complete, and has no writes", async () => {
    const triggers = new Triggers();
    const [held, other] = [await triggers.service.start(), await triggers.service.start()];
    await triggers.service.endTask(other.id);
    await triggers.relay();
    await triggers.reconcile();
    const body = await receiptOf(triggers, held.id);
    expect(body).toMatchObject({ status: "active", complete: false, leases: [{ status: "pending" }] });
    expect(body).not.toHaveProperty("ended_at");
  });

  it("does not count a policy that was rendered while the ending was on its way into the record", async () => {
    const triggers = new Triggers();
    const { tasks, clock } = triggers.service.world.ports;
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    await triggers.service.endTask(held.id);
    // The role's snapshot began after the moment in the ending, and does not show it.
    const snapshotAtMs = clock.nowMs() + 5;
    const write = { snapshotAtMs, writtenAtMs: snapshotAtMs + 50, form: "list", endings: [] } as const;
    await triggers.policyWrites.note(role, write);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ complete: false, leases: [{ status: "pending" }] });
    expect(tasks.tasks.get(held.id)?.status).toBe("revoked");
  });

  it("finds the first write that must have had the ending, behind any number that may not have had it", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    const endedAtMs = triggers.service.world.ports.clock.nowMs();
    await triggers.service.endTask(held.id);
    const write = (afterMs: number) => {
      const snapshotAtMs = endedAtMs + afterMs;
      const rest = { writtenAtMs: snapshotAtMs + 50, form: "list", endings: [] } as const;
      return triggers.policyWrites.note(role, { snapshotAtMs, ...rest });
    };
    for (let count = 0; count < 100; count += 1) await write(count * 299);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ leases: [{ status: "pending" }] });
    await write(31_000);
    await write(30_000);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ leases: [{ status: "written", milliseconds: 30_050 }] });
  });

  it("is complete for a task below another one, though the policy's text names only the one above", async () => {
    const triggers = new Triggers();
    const { tasks } = triggers.service.world.ports;
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    const root = tasks.tasks.get(held.id);
    if (!root) throw new Error("no task");
    await triggers.service.endTask(held.id);
    await triggers.relay();
    await triggers.reconcile();
    // The child's ending comes a second later: the text stays as it is, and is found to deny it.
    const now = triggers.service.world.nowSeconds();
    const times = { openedAt: now, startedAt: now, fenceAt: now + 900, endedAt: now };
    tasks.putEntries(role, [{ path: `${held.id}c1x9_` as typeof root.path, agent: agentId("demo"), ...times }]);
    triggers.service.world.pass(1);
    await triggers.sweep();
    await triggers.reconcile();
    expect(triggers.revocations.writes).toHaveLength(1);
    expect(triggers.policyWrites.writes.map(({ write }) => write.endings)).toEqual([
      [held.id],
      expect.arrayContaining([`${held.id}c1x9_`]),
    ]);
  });

  it("is complete where the agent's halt denied the task before it had ended", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.operate("POST /v1/agents/{agent}/suspend", { parameters: { agent: "demo" } });
    await triggers.relay();
    await triggers.reconcile();
    const body = await receiptOf(triggers, held.id);
    expect(body).toMatchObject({ status: "revoked", complete: true, leases: [{ status: "written" }] });
    expect(triggers.textFor(held)).not.toContain(held.id);
  });

  it("is complete in a panic, in which IAM denies everything before the task has ended, and no policy changes after", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.operate("POST /v1/panic", { body: { reason: "drill" } });
    await triggers.relay();
    await triggers.reconcile();
    const written = triggers.revocations.writes.length;
    triggers.service.world.pass(60);
    await triggers.sweep();
    await triggers.relay();
    await triggers.reconcile();
    expect(triggers.revocations.writes).toHaveLength(written);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ complete: true, leases: [{ status: "written" }] });
  });

  it("of a write that could not be recorded is pending until the fence has surely passed, then expired", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.endTask(held.id);
    triggers.policyWrites.before = () => {
      throw new Refusal("store_unavailable");
    };
    await triggers.relay();
    await triggers.reconcile();
    triggers.service.world.pass(900 + 299);
    expect(await receiptOf(triggers, held.id)).toMatchObject({ complete: false, leases: [{ status: "pending" }] });
    triggers.service.world.pass(2);
    const body = await receiptOf(triggers, held.id);
    expect(body).toMatchObject({ complete: true, leases: [{ status: "expired" }] });
  });

  it("is complete only when each connector has confirmed", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS, API_KEY));
    await one.service.complete(held);
    const read = () => one.service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task: held.id } });
    expect((await read()).body).toMatchObject({
      leases: [
        { name: "postgres-0", status: "pending" },
        { name: "secret-1", status: "pending" },
      ],
      complete: false,
    });
    await one.relay();
    one.world.pass(2);
    await one.revokeLeases();
    expect((await read()).body).toMatchObject({
      leases: [
        { name: "postgres-0", type: "postgres", status: "revoked", milliseconds: 2_000 },
        { name: "secret-1", type: "secret", status: "revoked", milliseconds: 2_000 },
      ],
      complete: true,
    });
  });

  it("of a task that nobody knows is a 404, and what it holds of the record is no secret (I8)", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    const { status } = await triggers.service.operate("GET /v1/tasks/{task}/receipt", {
      parameters: { task: "k7f3m2q9x4ab." },
    });
    expect(status).toBe(404);
    const text = JSON.stringify(await receiptOf(triggers, held.id));
    expect(text).not.toContain(held.token);
  });

  it("leaves out what is below the task where that is requested, and reads none of it", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    const root = await service.start();
    const child = await service.startBelow(root);
    await service.endTask(root.id);
    const reads: string[] = [];
    service.world.ports.tasks.before = (method) => void reads.push(method);
    const read = (query: string) =>
      service.operate("GET /v1/tasks/{task}/receipt", { parameters: { task: root.id }, query });
    const { below, ...receipt } = (await read("")).body as { readonly below?: unknown };
    expect(below).toEqual([child.id]);
    reads.length = 0;
    expect((await read("below=false")).body).toEqual(receipt);
    expect(reads).not.toContain("record");
    expect(await read("below=no")).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });

  it("has what the hub signed by a session that stays there: how often, when last, and which operations", async () => {
    const triggers = new Triggers();
    const { service } = triggers;
    const { world } = service;
    const held = await service.start({ deliver: "sign" });
    expect((await receiptOf(triggers, held.id)).leases).not.toMatchObject([{ signed: expect.anything() }]);
    await service.sign(held);
    await service.sign(held, { ...READ_OBJECT, method: "OPTIONS" });
    world.pass(3);
    const lastAtMs = world.ports.clock.nowMs();
    expect((await service.sign(held)).status).toBe(200);
    world.pass(2);
    await service.complete(held);
    expect((await service.sign(held)).status).not.toBe(200);
    expect((await receiptOf(triggers, held.id)).leases).toMatchObject([
      {
        signed: {
          ...{ count: 3, last_at: iso(lastAtMs) },
          calls: [
            { operation: "s3:GetObject", count: 2 },
            { operation: "unclear", count: 1 },
          ],
        },
      },
    ]);
  });

  it("is not for the one who holds the task", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    const { status } = await triggers.service.operate("GET /v1/tasks/{task}/receipt", {
      parameters: { task: held.id },
      token: held.token,
    });
    expect(status).toBe(401);
  });
});
