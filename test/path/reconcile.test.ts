import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { UnknownOutcome } from "../../functions/core/revocation/policy-writes.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { TAKEN_SECONDS } from "../../functions/reconcile/reconcile-batch.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { bodyOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

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

  it("writes nothing where the policy already equals the record", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    await triggers.service.complete(held);
    const body = bodyOf({ account: ACCOUNT, role: triggers.roleOf(held) });
    await triggers.reconcile([body, body]);
    await triggers.reconcile([body]);
    expect(triggers.revocations.writes).toHaveLength(1);
    expect(triggers.line("reconciled")).toMatchObject({ level: "info", revoked: 1, written: false });
  });

  it("records when each policy was written, and from which moment's record", async () => {
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
        sha256: createHash("sha256")
          .update(triggers.textFor(held) ?? "")
          .digest("base64url"),
        endings: [held.id],
      },
    ]);
  });

  it("a write that cannot be recorded is loud, and remains", async () => {
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
    await triggers.service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: agentId("demo") } });
    // IAM still shows the text from before the halt, which is now the right one again.
    triggers.revocations.read = async () => ({ ours: undefined, foreign: [] });
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.texts.size).toBe(0);
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.writes).toHaveLength(2);
  });

  it("no read is believed of a role that was read before, by a writer that did not come to an end", async () => {
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
    const entries = [one, ...rest].map((path) => ({ path: path as TaskPath, agent: agentId("demo"), ...times }));
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
    // A task's random name decides its role.
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
    // A write takes the role: its first message is held for `TAKEN_SECONDS`. A role that was not written needs no wait.
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

  it("writes nothing where another reader has the message", async () => {
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
    /**
     * Renders the role, or fails to. A message then arrives that was sent so many seconds after the record was read.
     * @returns whether that message renders the role again.
     */
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

    it("is never spared by another role's policy, by one that was not written, or where the queue gives no time of sending", async () => {
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
