import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import { API_KEY, ConnectedWorld, ORDERS, REPORTS } from "../harness/connected-world.ts";
import { Reaper } from "../harness/reaper.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const DETAILS = [ORDERS, API_KEY, REPORTS];

/** The minutes after: whatever runs by itself does. */
async function recover(one: ConnectedWorld, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await one.sweep();
    await one.relay();
    await one.revokeLeases();
    one.world.pass(60);
  }
}

describe("a process that dies while it opens a task", () => {
  it.each(["before", "after"] as const)(
    "%s any of its calls leaves nothing at a provider for longer than two minutes",
    async (when) => {
      let at = 0;
      for (; ; at += 1) {
        const reaper = new Reaper(at, when);
        const one = new ConnectedWorld({}, reaper.disturb);
        const { status } = await one.service.exchange(one.ask(...DETAILS));
        if (!reaper.isDead) {
          expect(status).toBe(200);
          break;
        }
        // Nobody got an answer. After a crash at the confirmation, the record holds the credentials as given, and they
        // end with their task.
        const isConfirmed = [...one.world.ports.tasks.pendingRevocations.known.values()].some(
          ({ confirmed }) => confirmed,
        );
        await recover(one, isConfirmed ? 18 : 3);
        expect(one.remaining(), `after call ${at}`).toEqual({ logins: [], held: [], pendingRevocations: [] });
      }
      expect(at).toBeGreaterThan(12);
    },
  );

  it.each(["before", "after"] as const)(
    "%s any of its calls of a repeat leaves nothing behind the task's end",
    async (when) => {
      let at = 0;
      for (; ; at += 1) {
        const reaper = new Reaper(Number.POSITIVE_INFINITY, when);
        const mortal = new Reaper(at, when);
        let isMortal = false;
        const one = new ConnectedWorld({}, (name, port) => {
          const [well, ill] = [reaper.disturb(name, port), mortal.disturb(name, port)];
          return new Proxy(port, { get: (_, member) => Reflect.get(isMortal ? ill : well, member) });
        });
        const form = { ...one.ask(...DETAILS), subject_token: one.world.agentToken(), idempotency_key: "once" };
        const held = await one.service.start(form);
        one.world.pass(11);
        isMortal = true;
        const { status } = await one.service.exchange(form);
        if (!mortal.isDead) {
          expect(status).toBe(200);
          break;
        }
        isMortal = false;
        // The first answer still counts: its secret is not given to anybody else meanwhile.
        await recover(one, 3);
        expect(one.remaining().held, `after call ${at}`).toEqual(["demo/api-key"]);
        await one.service.complete(held);
        await recover(one, 3);
        expect(one.remaining(), `after call ${at}`).toEqual({ logins: [], held: [], pendingRevocations: [] });
      }
      expect(at).toBeGreaterThan(12);
    },
  );
});

describe("taking back", () => {
  it("never touches what a live task holds, whoever requests it", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS, API_KEY));
    const before = one.remaining();
    const messages = [
      JSON.stringify({ path: held.id, name: "postgres-0" }),
      JSON.stringify({ path: held.id, name: "secret-1" }),
      JSON.stringify({ path: held.id, name: "../postgres-0" }),
      JSON.stringify({ path: "TASK#", name: "postgres-0" }),
      "null",
      "{",
    ];
    expect(await one.revokeLeases(messages)).toBe(0);
    expect(one.remaining()).toEqual(before);
  });

  it("is tried again while the provider is away, alarms after ten minutes, and is never forgotten", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS));
    one.world.pass(120);
    await one.service.complete(held);
    one.databases.before = () => {
      throw new Refusal("connector_unavailable");
    };
    await one.relay();
    expect(await one.revokeLeases()).toBe(1);
    one.world.pass(300);
    await one.sweep();
    const line = () => one.world.lines.findLast(({ event }) => event === "lease_revocations_swept");
    expect(line()).toMatchObject({ level: "info", pending: 1, due: 1, overdue: 0 });
    expect(await one.revokeLeases()).toBe(1);
    one.world.pass(300);
    await one.sweep();
    expect(line()).toMatchObject({ level: "error", pending: 1, due: 1, overdue: 1 });
    one.databases.before = () => undefined;
    expect(await one.revokeLeases()).toBe(0);
    expect(one.remaining()).toEqual({ logins: [], held: [], pendingRevocations: [] });
  });

  it("records a revocation once, however often the message comes", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS));
    await one.service.complete(held);
    await one.relay();
    const message = JSON.stringify({ path: held.id, name: "postgres-0" });
    expect(await one.revokeLeases([message, message, message])).toBe(0);
    expect(one.world.ports.tasks.events.filter(({ type }) => type === "lease.revoked")).toHaveLength(1);
  });

  it("believes 'nothing there' of a lease that may still be being issued only after half a minute", async () => {
    const one = new ConnectedWorld();
    let go = (): void => undefined;
    const waiting = new Promise<void>((done) => {
      go = done;
    });
    one.databases.before = () => waiting;
    const exchanging = one.service.exchange(one.ask(ORDERS));
    const { tasks } = one.world.ports;
    while (tasks.pendingRevocations.known.size === 0) await new Promise((done) => setImmediate(done));
    const [path = ""] = [...tasks.tasks.keys()];
    await one.service.endTask(path);
    await one.relay();
    const releasing = one.revokeLeases();
    go();
    expect((await exchanging).status).toBe(403);
    expect(await releasing).toBe(1);
    one.world.pass(31);
    await one.sweep();
    expect(await one.revokeLeases()).toBe(0);
    expect(one.remaining()).toEqual({ logins: [], held: [], pendingRevocations: [] });
  });

  it("of a task whose record is gone removes its stored revocations, and of one that was shorter than its task too", async () => {
    const one = new ConnectedWorld();
    const held = await one.service.start(one.ask(ORDERS));
    one.world.ports.tasks.tasks.delete(held.id as never);
    one.world.ports.tasks.events.length = 0;
    await one.sweep();
    expect(await one.revokeLeases()).toBe(0);
    expect(one.remaining()).toEqual({ logins: [], held: [], pendingRevocations: [] });
  });
});
