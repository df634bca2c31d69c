import { describe, expect, it } from "vitest";
import { FakeBus } from "../../fakes/fake-bus.ts";
import { FakeQueue } from "../../fakes/fake-queue.ts";
import { FakeReleaseQueue } from "../../fakes/fake-releases.ts";
import type { Held } from "../../fakes/fake-service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld } from "../../fakes/fake-world.ts";
import type { JournalEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { UnknownOutcome } from "../../functions/core/revocation/unknown-outcome.ts";
import type { TaskPath } from "../../functions/core/tasks/path.ts";
import { TAKEN_SECONDS } from "../../functions/reconcile/taken-role.ts";
import { relay, type StreamEvent } from "../../functions/relay/relay.ts";
import { bodyOf, recordOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("from an ending to IAM's denial: stream, relay, queue, reconciler (I5)", () => {
  const endings: readonly (readonly [string, (triggers: Triggers, held: Held) => Promise<unknown>])[] = [
    ["completed", ({ service }, held) => service.complete(held)],
    ["revoked", ({ service }, held) => service.revoke(held.token)],
    ["ended by an operator", ({ service }, held) => service.endTask(held.id)],
  ];
  it.each(endings)("a task that was %s is denied by name in the role of its session", async (_, end) => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await end(triggers, held);
    await triggers.relay();
    expect(triggers.queue.sent).toEqual([[{ account: ACCOUNT, role: triggers.roleOf(held) }]]);
    expect(await triggers.reconcile()).toEqual({ batchItemFailures: [] });
    expect(JSON.parse(triggers.textFor(held) ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { StringLike: { "aws:userid": [`*:${held.id}*`] } },
        },
      ],
    });
  });

  it("a task that was taken back is denied too: STS may have issued its session", async () => {
    const triggers = new Triggers();
    triggers.service.world.ports.sessions.before = () => {
      throw new Refusal("sts_unavailable");
    };
    await triggers.service.exchange();
    await triggers.relay();
    await triggers.reconcile();
    const [path] = triggers.service.world.ports.tasks.tasks.keys();
    expect([...triggers.revocations.texts.values()]).toEqual([expect.stringContaining(`*:${path}*`)]);
  });

  it("a live task of the same role is not named", async () => {
    const triggers = new Triggers();
    const [held, live] = [await triggers.service.start(), await triggers.service.start()];
    await triggers.service.complete(held);
    await triggers.relay();
    await triggers.reconcile();
    expect(JSON.stringify([...triggers.revocations.texts.values()])).not.toContain(live.id);
  });

  it("the policy is taken away once every fence has surely fallen", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    await triggers.relay();
    await triggers.reconcile();
    triggers.service.world.pass(900 + 301);
    await triggers.sweep();
    await triggers.reconcile();
    expect(triggers.revocations.texts.size).toBe(0);
  });
});

describe("a pool of task roles that is changed while tasks live (I5)", () => {
  /** The roles of a task's leases before and after the pool has so many, and what is standing of it anywhere once it has ended. */
  const afterChange = async (taskRoles: number) => {
    const triggers = new Triggers();
    const { service } = triggers;
    const { ports } = service.world;
    const held = await service.start();
    const before = triggers.roleOf(held);
    const accounts = DEPLOYMENT.accounts.map((account) => ({ ...account, taskRoles }));
    Object.assign(ports, { deployment: { ...DEPLOYMENT, accounts } });
    service.world.pass(11);
    expect((await service.renew(held)).status).toBe(200);
    const after = triggers.roleOf(held);
    await service.complete(held);
    const roles = Array.from({ length: 9 }, (_, index) => ({ account: ACCOUNT, role: `valetkey-task-${index}` }));
    const snapshots = await Promise.all(roles.map((role) => ports.tasks.snapshot(role, service.world.nowSeconds())));
    const alive = snapshots.flatMap(({ entries }) => entries).filter(({ endedAt }) => endedAt === undefined);
    return { before, after, alive };
  };

  it("leaves a task in the role that its sessions have been in, so that its ending is seen there", async () => {
    for (let tries = 0; tries < 8; tries += 1) {
      const { before, after, alive } = await afterChange(9);
      expect(after).toBe(before);
      expect(alive).toEqual([]);
    }
  });

  it("takes it to another where the pool has that role no more: nobody would write what is revoked there", async () => {
    const { after } = await afterChange(1);
    expect(after).toBe("valetkey-task-0");
  });
});

describe("relay", () => {
  const quiet = (Records: StreamEvent["Records"]) => async () => {
    const queue = new FakeQueue();
    const bus = new FakeBus();
    const releaseQueue = new FakeReleaseQueue();
    const { ports } = fakeWorld();
    await relay({ Records }, { ...ports, queue, releaseQueue, bus });
    return [...queue.sent, ...releaseQueue.sent, ...ports.probeQueue.sent, ...bus.events, ...ports.deadlines.sent];
  };
  const event: JournalEvent = { of: "a.", n: 1, type: "task.ended", at: 0, facts: {}, previous: "", hash: "" };
  const withLease = {
    ...event,
    facts: { leases: [{ account: ACCOUNT, role: "valetkey-task-0" }] },
  };
  const outside = (record: StreamEvent["Records"][number]) => ({
    ...record,
    dynamodb: { ...record.dynamodb, Keys: { pk: { S: "TASK#a" } } },
  });
  const rows: readonly (readonly [string, ReturnType<typeof quiet>])[] = [
    ["no records", quiet([])],
    ["a record without an image", quiet([{ eventName: "INSERT", dynamodb: {} }])],
    ["a task's own item", quiet([{ eventName: "INSERT", dynamodb: { NewImage: { status: { S: "active" } } } }])],
    ["an event that ends nothing", quiet([recordOf({ ...withLease, type: "task.opened" }, 0)])],
    ["an ending that is written outside every journal", quiet([outside(recordOf(withLease, 0))])],
    ["an ending of a task without credentials", quiet([recordOf(event, 0)])],
    ["a lease without a role", quiet([recordOf({ ...event, facts: { leases: [{ account: ACCOUNT }] } }, 0)])],
  ];
  it.each(rows)("%s sends nothing", async (_, sent) => {
    expect(await sent()).toEqual([]);
  });

  it("a queue that cannot be reached fails the batch, so that it is tried again", async () => {
    const triggers = new Triggers();
    await triggers.service.complete(await triggers.service.start());
    triggers.queue.before = () => {
      throw new Error("unreachable");
    };
    await expect(triggers.relay()).rejects.toThrow("unreachable");
  });
});

describe("reconcile", () => {
  const foreigners = [
    "",
    "null",
    "[]",
    "{",
    '{"account":"111122223333"}',
    '{"account":"999999999999","role":"valetkey-task-0"}',
    '{"account":"111122223333","role":"valetkey-task-4"}',
    '{"account":"111122223333","role":"admin"}',
    '{"account":["111122223333"],"role":["valetkey-task-0"]}',
  ];
  it.each(foreigners)("writes to no role that is not of a configured pool: %s", async (body) => {
    const triggers = new Triggers();
    expect(await triggers.reconcile([body])).toEqual({ batchItemFailures: [] });
    expect(triggers.revocations.writes).toEqual([]);
    expect(triggers.line("reconcile_refused")).toMatchObject({ level: "error" });
  });

  it("writes nothing where the policy says already what the record says", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    const body = bodyOf({ account: ACCOUNT, role: triggers.roleOf(held) });
    await triggers.reconcile([body, body]);
    await triggers.reconcile([body]);
    expect(triggers.revocations.writes).toHaveLength(1);
    expect(triggers.line("reconciled")).toMatchObject({ level: "info", revoked: 1, written: false });
  });

  it("says when each policy was written, and from which moment's record", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    const endedAtMs = triggers.service.world.ports.clock.nowMs();
    triggers.service.world.pass(1);
    triggers.revocations.before = (method) => {
      if (method === "write") triggers.service.world.pass(2);
    };
    await triggers.relay();
    await triggers.reconcile();
    await triggers.sweep();
    await triggers.reconcile();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    expect(await triggers.policyWrites.after(role, endedAtMs, 5)).toEqual([
      {
        snapshotAtMs: endedAtMs + 1_000,
        writtenAtMs: endedAtMs + 3_000,
        form: "list",
        characters: triggers.textFor(held)?.length,
        digest: expect.stringMatching(/^[\w-]{16}$/),
        endings: [held.id],
      },
    ]);
  });

  it("a write that cannot be recorded is loud, and stands", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    triggers.policyWrites.before = () => {
      throw new Refusal("store_unavailable");
    };
    await triggers.relay();
    expect(await triggers.reconcile()).toEqual({ batchItemFailures: [] });
    expect(triggers.textFor(held)).toContain(held.id);
    expect(triggers.line("write_not_recorded")).toMatchObject({ level: "error", why: "store_unavailable" });
  });

  it("believes no read that a write of its own may be younger than: who was resumed is not left denied", async () => {
    const triggers = new Triggers();
    const role = { account: ACCOUNT, role: "valetkey-task-0" };
    await triggers.service.suspend();
    await triggers.reconcile([bodyOf(role)]);
    triggers.service.world.pass(2);
    await triggers.service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    // IAM still shows what stood before the halt, which is what is wanted now.
    triggers.revocations.read = async () => ({ ours: undefined, foreign: [] });
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.texts.size).toBe(0);
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.writes).toHaveLength(2);
  });

  it("nor one of a role that was asked for before, by a writer that did not come to an end", async () => {
    const triggers = new Triggers();
    const role = { account: ACCOUNT, role: "valetkey-task-0" };
    await triggers.reconcile([bodyOf(role)], undefined, 2);
    expect(triggers.revocations.writes).toHaveLength(1);
  });

  it("heals what somebody changed", async () => {
    const triggers = new Triggers();
    triggers.revocations.texts.set(`${ACCOUNT}/valetkey-task-1`, '{"Version":"2012-10-17","Statement":[]}');
    await triggers.sweep();
    await triggers.reconcile();
    expect(triggers.revocations.texts.size).toBe(0);
  });

  it("a foreign inline policy is loud", async () => {
    const triggers = new Triggers();
    triggers.revocations.foreign.set(`${ACCOUNT}/valetkey-task-0`, ["admin"]);
    await triggers.reconcile([bodyOf({ account: ACCOUNT, role: "valetkey-task-0" })]);
    expect(triggers.line("reconciled")).toMatchObject({ level: "error", foreign: 1 });
  });

  it.each([
    ["that ended long ago are denied by a cut, and the oldest not even read", 60, "info", "cut", 200],
    ["that have only just begun deny whatever the role does, and are loud", 0, "error", "everything", 700],
  ])("more endings than a policy can name %s", async (_, agoSeconds, level, form, revoked) => {
    const triggers = new Triggers();
    const [one = "", ...rest] = Array.from({ length: 700 }, (_, index) => `${String(index).padStart(12, "a")}.`);
    const now = triggers.service.world.nowSeconds();
    const at = now - agoSeconds;
    const times = { openedAt: at - 1, startedAt: at - 1, fenceAt: now + 300, endedAt: at };
    const entries = [one, ...rest].map((path) => ({ path: path as TaskPath, agent: "demo", ...times }));
    triggers.service.world.ports.tasks.putEntries({ account: ACCOUNT, role: "valetkey-task-0" }, entries);
    await triggers.reconcile([bodyOf({ account: ACCOUNT, role: "valetkey-task-0" })]);
    expect(triggers.line("reconciled")).toMatchObject({ level, form, revoked });
    const text = triggers.revocations.texts.get(`${ACCOUNT}/valetkey-task-0`) ?? "";
    expect(text.includes("valetkey:started")).toBe(form === "cut");
    expect(text.length).toBeLessThan(10_240);
  });

  const failing = [
    ["the policy cannot be read", "read"],
    ["the policy cannot be written", "write"],
  ] as const;
  it.each(failing)("where %s, all messages of that role are tried again, and no other role's", async (_, method) => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    let other = await triggers.service.start();
    // Which role a task is in is a matter of its random name.
    while (triggers.roleOf(other) === triggers.roleOf(held)) other = await triggers.service.start();
    await triggers.service.complete(other);
    const [failing, fine] = [held, other].map((each) => triggers.roleOf(each));
    triggers.revocations.before = (called, role) => {
      if (called === method && role.role === failing) throw new Error("the text of a foreign error");
    };
    const [mine, theirs] = [failing, fine].map((role = "") => bodyOf({ account: ACCOUNT, role }));
    expect(await triggers.reconcile([mine ?? "", theirs ?? "", mine ?? ""])).toEqual({
      batchItemFailures: [{ itemIdentifier: "m0" }, { itemIdentifier: "m2" }],
    });
    expect(triggers.textFor(other)).toContain(other.id);
    // Taken for the write, by the first of its messages; and of what was not written there is nothing to wait for.
    const taken = method === "write" ? [{ message: "r0", seconds: TAKEN_SECONDS }] : [];
    const again = ["r0", "r2"].map((message) => ({ message, seconds: 2 }));
    expect(triggers.held.filter(({ message }) => message !== "r1")).toEqual([...taken, ...again]);
    expect(triggers.line("reconcile_failed")).toEqual({ level: "error", event: "reconcile_failed", why: "Error" });
  });

  it.each(["it has landed, and may land again", "nobody knows whether it has landed"])(
    "after a write of which %s, the role is left alone for as long as it was taken",
    async (what) => {
      const triggers = new Triggers();
      const held = await triggers.service.start();
      await triggers.service.complete(held);
      triggers.revocations.outcome = "may land again";
      triggers.revocations.before = (called) => {
        if (called === "write" && what.startsWith("nobody")) throw new UnknownOutcome(new Error("time-out"));
      };
      const answer = await triggers.reconcile([bodyOf({ account: ACCOUNT, role: triggers.roleOf(held) })]);
      expect(answer.batchItemFailures).toHaveLength(1);
      expect(triggers.held).toEqual([{ message: "r0", seconds: TAKEN_SECONDS }]);
    },
  );

  it("writes nothing where the message that asked has been given to somebody else", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    triggers.postpone = () => {
      throw new Error("MessageNotInflight");
    };
    const answer = await triggers.reconcile([bodyOf({ account: ACCOUNT, role: triggers.roleOf(held) })]);
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(triggers.revocations.writes).toEqual([]);
  });

  describe("a message that waited while the role was rendered", () => {
    const ROLE = { account: ACCOUNT, role: "valetkey-task-0" };
    /** Renders the role, or fails to; then somebody asks, or asked, so many seconds from the moment of its record. Whether it is looked at again. */
    const isRendered = async (sentAfterSeconds: number | undefined, asked = ROLE, before = "something") => {
      const triggers = new Triggers();
      const { world } = triggers.service;
      if (before !== "") triggers.revocations.texts.set(`${ACCOUNT}/${ROLE.role}`, before);
      triggers.revocations.before = (method) => {
        if (before === "fails") throw new Error("IAM is out");
        // A write takes its time, and what ends meanwhile is not in it.
        if (method === "write") world.pass(10);
      };
      const readAtMs = world.ports.clock.nowMs();
      await triggers.reconcile([bodyOf(ROLE)]);
      world.pass(60);
      triggers.revocations.before = () => undefined;
      triggers.revocations.texts.set(`${ACCOUNT}/${asked.role}`, "something else");
      const sentAtMs = sentAfterSeconds === undefined ? undefined : readAtMs + sentAfterSeconds * 1_000;
      expect(await triggers.reconcile([bodyOf(asked)], sentAtMs)).toEqual({ batchItemFailures: [] });
      return triggers.revocations.texts.size === 0;
    };

    it("is spared where it was surely sent before the record was read, by whichever clock", async () => {
      expect(await isRendered(-5.001)).toBe(false);
      expect(await isRendered(-3_600)).toBe(false);
      expect(await isRendered(-5)).toBe(true);
      expect(await isRendered(0)).toBe(true);
      expect(await isRendered(4)).toBe(true);
      expect(await isRendered(30)).toBe(true);
    });

    it("is never spared by another role's policy, by one that was not written, or where the queue does not say when it was sent", async () => {
      expect(await isRendered(-3_600, { ...ROLE, role: "valetkey-task-1" })).toBe(true);
      expect(await isRendered(-3_600, ROLE, "fails")).toBe(true);
      expect(await isRendered(-3_600, ROLE, "")).toBe(true);
      expect(await isRendered(undefined)).toBe(true);
    });
  });

  it("where the record cannot be read nothing is written: an empty list would revive the ended", async () => {
    const triggers = new Triggers();
    triggers.revocations.texts.set(`${ACCOUNT}/valetkey-task-0`, "as it was");
    triggers.service.world.ports.tasks.before = () => {
      throw new Refusal("store_unavailable");
    };
    const answer = await triggers.reconcile([bodyOf({ account: ACCOUNT, role: "valetkey-task-0" })]);
    expect(answer.batchItemFailures).toHaveLength(1);
    expect(triggers.revocations.texts.get(`${ACCOUNT}/valetkey-task-0`)).toBe("as it was");
  });
});
