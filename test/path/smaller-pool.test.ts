import { describe, expect, it } from "vitest";
import type { Account } from "../../functions/core/deployment/deployment.ts";
import type { Held } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT } from "../fakes/world/world.ts";
import { bodyOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** From now on the deployment's one account is so. */
function deploy(triggers: Triggers, changes: Partial<Account>): void {
  const accounts = DEPLOYMENT.accounts.map((account) => ({ ...account, ...changes }));
  Object.assign(triggers.service.world.ports, { deployment: { ...DEPLOYMENT, accounts } });
}

/** A task in a role that a pool of one has no more. */
async function startInALostRole(triggers: Triggers): Promise<Held> {
  for (;;) {
    const held = await triggers.service.start();
    if (triggers.roleOf(held) !== "valetkey-task-0") return held;
  }
}

async function reconcileAll(triggers: Triggers): Promise<void> {
  await triggers.relay();
  expect(await triggers.reconcile()).toEqual({ batchItemFailures: [] });
}

describe("I5: a pool that is made smaller", () => {
  it("retains tasks in their roles, denies there what ends, and opens nothing new there", async () => {
    const triggers = new Triggers();
    const held = await startInALostRole(triggers);
    const role = triggers.roleOf(held);
    deploy(triggers, { taskRoles: 1, formerTaskRoles: 4 });
    triggers.service.world.pass(11);
    expect((await triggers.service.renew(held)).status).toBe(200);
    expect(triggers.roleOf(held)).toBe(role);
    for (let count = 0; count < 5; count += 1)
      expect(triggers.roleOf(await triggers.service.start())).toBe("valetkey-task-0");
    await triggers.service.complete(held);
    await reconcileAll(triggers);
    expect(triggers.textFor(held)).toContain(held.id);
  });

  it("denies a suspended agent in every role that it had, and each minute queues all of them", async () => {
    const triggers = new Triggers();
    deploy(triggers, { taskRoles: 1, formerTaskRoles: 4 });
    await triggers.service.suspend();
    await reconcileAll(triggers);
    expect(triggers.revocations.texts.size).toBe(4);
    await triggers.sweep();
    expect(triggers.revocationQueue.sent.flat().map(({ role }) => role)).toHaveLength(4);
  });

  it("is served and loud where no record has its number of roles, for as long as anything there can live", async () => {
    const triggers = new Triggers();
    const held = await startInALostRole(triggers);
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    deploy(triggers, { taskRoles: 1 });
    await triggers.service.complete(held);
    await reconcileAll(triggers);
    expect(triggers.textFor(held)).toContain(held.id);
    expect(triggers.line("role_not_kept")).toMatchObject({ level: "error", ...role });
    triggers.service.world.pass(900 + 301);
    const before = triggers.revocations.writes.length;
    expect(await triggers.reconcile([bodyOf(role)])).toEqual({ batchItemFailures: [] });
    expect(triggers.revocations.writes).toHaveLength(before);
    expect(triggers.line("reconcile_refused")).toMatchObject({ level: "error" });
  });
});

describe("I5: an account that is retired", () => {
  it("gets no task and no renewal, and what ends there is denied", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    deploy(triggers, { retired: true });
    triggers.service.world.pass(11);
    const { status, body } = await triggers.service.exchange();
    expect([status, body.error_description]).toEqual([400, expect.stringContaining("is not an account")]);
    expect((await triggers.service.renew(held)).status).not.toBe(200);
    await triggers.service.complete(held);
    await reconcileAll(triggers);
    expect(triggers.textFor(held)).toContain(held.id);
    await triggers.sweep();
    expect(triggers.revocationQueue.sent.flat()).toHaveLength(DEPLOYMENT.accounts[0]?.taskRoles ?? 0);
  });
});

describe("I5: an account that was taken out with keys alive", () => {
  it("rings with its account, role and the tasks whose keys nobody revokes", async () => {
    const triggers = new Triggers();
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    Object.assign(triggers.service.world.ports, { deployment: { ...DEPLOYMENT, accounts: [] } });
    await triggers.service.complete(held);
    await reconcileAll(triggers);
    const line = { level: "error", ...role, task: held.id };
    expect(triggers.line("reconcile_refused")).toMatchObject(line);
    expect(triggers.revocations.writes).toEqual([]);
  });

  it("has nothing of a message that no queue of ours holds in the log", async () => {
    const triggers = new Triggers();
    for (const body of [
      JSON.stringify({ account: "x\n", role: "valetkey-task-0" }),
      "{}",
      JSON.stringify({ account: ACCOUNT, role: "admin" }),
    ])
      await triggers.reconcile([body]);
    const line = triggers.line("reconcile_refused");
    expect(Object.keys(line ?? {}).toSorted()).toEqual(["event", "level", "why"]);
  });
});
