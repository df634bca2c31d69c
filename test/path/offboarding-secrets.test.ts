import { describe, expect, it } from "vitest";
import { isWholeChain } from "../../functions/core/journal/event.ts";
import type { OffboardingReport } from "../../functions/core/offboarding/report-offboarding.ts";
import { rotateDue } from "../../functions/rotate/rotate-due.ts";
import { FakeLoginServer } from "../fakes/secrets/login-server.ts";
import { FakeOauthClients } from "../fakes/secrets/oauth-clients.ts";
import { FakeRotatingSecrets } from "../fakes/secrets/rotating-secrets.ts";
import { API_KEY, ConnectedWorld, REPORTS, SECRET_VALUE } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NAME = "demo/api-key";
const BEGUN = ["agent.offboarding", "agent.unbound", "agent.tasks_listed"];

/** A world with Secrets Manager, which rotates the key of the demo where it is of a kind. */
class RotatingWorld extends ConnectedWorld {
  readonly rotating: FakeRotatingSecrets;

  constructor(kind: "generated" | "none" = "generated") {
    super();
    this.rotating = new FakeRotatingSecrets(() => this.world.nowSeconds());
    if (kind !== "none") this.rotating.add({ name: NAME, kind }, SECRET_VALUE);
    this.world.pass(3_600);
  }

  /** A minute of `rotate`, and what Secrets Manager does then. */
  async rotate(): Promise<void> {
    const { clock, log, locks, random } = this.world.ports;
    await rotateDue({
      deployment: {},
      databases: new FakeLoginServer(),
      clients: new FakeOauthClients("none"),
      ...{ rotating: this.rotating, locks, clock, log, random },
    });
    for (const token of this.rotating.started.splice(0)) {
      const from = (await this.rotating.describe(NAME))?.versions ?? {};
      const current = Object.keys(from).find((id) => from[id]?.includes("AWSCURRENT")) ?? "";
      const secret = await this.rotating.describe(NAME);
      if (!secret) throw new Error("no secret");
      await this.rotating.putPending(secret, token, `canary-${token}`);
      await this.rotating.makeCurrent(secret, token, current);
    }
  }

  async report(): Promise<OffboardingReport> {
    return (await this.service.offboarding()).body.report as OffboardingReport;
  }

  async minutes(count: number): Promise<void> {
    for (let minute = 0; minute < count; minute += 1) {
      this.world.pass(60);
      await this.sweep();
      // Connectors' credentials are revoked first: nothing is signed off before.
      await this.relay();
      await this.revokeLeases();
      await this.rotate();
    }
  }

  types(): readonly string[] {
    return this.world.ports.agents.events.map(({ type }) => type);
  }
}

describe("secrets that an offboarded agent knows", () => {
  it("are rotated, though the task that read them was over long before; the report names the events, and is signed then", async () => {
    const world = new RotatingWorld();
    await world.service.complete(await world.service.start(world.ask(API_KEY)));
    world.world.pass(86_400);
    await world.service.offboard();
    const pending = await world.report();
    expect(pending).toMatchObject({
      complete: false,
      secrets: {
        status: "pending_rotation",
        entries: [{ secret: NAME, status: "pending_rotation", known_until: "2026-11-24T13:00:00Z" }],
      },
    });
    await world.minutes(4);
    const report = await world.report();
    const [entry] = report.secrets.entries;
    expect(report).toMatchObject({ complete: true, totals: { secrets: { rotated: 1, pending_rotation: 0 } } });
    expect(report.secrets.status).toBe("rotated");
    expect(world.locks.events.map(({ hash }) => hash)).toContain(entry?.evidence?.hash);
    expect(isWholeChain(world.locks.events)).toBe(true);
    expect(world.locks.events).toMatchObject([
      { type: "secret.rotation_asked", facts: { by: "staff|alice" } },
      { type: "secret.rotated" },
    ]);
    expect(world.rotating.current(NAME)).not.toBe(SECRET_VALUE);
    expect(world.world.ports.agents.events.at(-1)).toMatchObject({
      type: "agent.offboarded",
      facts: { secrets: { rotated: 1, pending_rotation: 0, not_rotated: 0 } },
    });
  });

  it("are requested to be rotated once, however often the sweep comes, and nothing more is done after the sign-off", async () => {
    const world = new RotatingWorld();
    await world.service.start(world.ask(API_KEY));
    await world.service.offboard();
    await Promise.all([world.sweep(), world.sweep()]);
    await world.minutes(4);
    expect(world.types()).toEqual([...BEGUN, "agent.offboarded"]);
    const before = structuredClone([world.locks.events, world.world.ports.agents.events, await world.report()]);
    await world.service.offboard();
    await world.minutes(2);
    expect([world.locks.events, world.world.ports.agents.events, await world.report()]).toEqual(before);
    expect(before[0]).toHaveLength(2);
  });

  it("wait until the value in force is ten minutes old, and the report stays open so long", async () => {
    const world = new RotatingWorld();
    world.rotating.put(NAME, SECRET_VALUE, "by-hand");
    await world.service.start(world.ask(API_KEY));
    await world.service.offboard();
    await world.minutes(9);
    expect(world.world.lines).toContainEqual(expect.objectContaining({ event: "rotation_due", outcome: "early" }));
    expect(await world.report()).toMatchObject({ complete: false, secrets: { status: "pending_rotation" } });
    expect(world.types()).toEqual(BEGUN);
    await world.minutes(4);
    expect(world.types()).toEqual([...BEGUN, "agent.offboarded"]);
  });

  it("that a session can read by itself are rotated after its fence, and not before", async () => {
    const world = new RotatingWorld();
    world.secrets.add(NAME, SECRET_VALUE, { exclusive: true, delivery: "session" });
    await world.service.start(world.ask(REPORTS, API_KEY));
    await world.service.offboard();
    await world.relay();
    await world.revokeLeases();
    await world.minutes(15);
    expect(world.locks.events).toEqual([]);
    expect(world.rotating.current(NAME)).toBe(SECRET_VALUE);
    expect(await world.report()).toMatchObject({ secrets: { entries: [{ known_until: expect.any(String) }] } });
    await world.minutes(7);
    expect(world.rotating.current(NAME)).not.toBe(SECRET_VALUE);
    expect(world.types().at(-1)).toBe("agent.offboarded");
  });

  it("that valetkey does not rotate are left to a person, as the report and the last event state", async () => {
    const world = new RotatingWorld("none");
    await world.service.start(world.ask(API_KEY));
    await world.service.offboard();
    await world.minutes(4);
    expect(await world.report()).toMatchObject({
      complete: true,
      secrets: {
        status: "not_rotated",
        entries: [{ secret: NAME, status: "not_rotated", evidence: { of: NAME, type: "secret.rotation_declined" } }],
      },
      totals: { secrets: { not_rotated: 1 } },
    });
    expect(world.world.ports.agents.events.at(-1)?.facts.secrets).toMatchObject({ not_rotated: 1 });
    expect(world.world.lines.filter(({ event }) => event === "rotation_failed")).toEqual([]);
  });

  it("of another agent are left alone", async () => {
    const world = new RotatingWorld();
    await world.service.start(world.ask(API_KEY));
    await world.service.offboard("tickets");
    await world.minutes(3);
    expect(world.locks.events).toEqual([]);
    expect(world.world.ports.agents.agents.get("tickets")?.status).toBe("offboarded");
  });

  it("are not rotated while the offboarding has tasks to end: a session of theirs would read the new value", async () => {
    const world = new RotatingWorld();
    await world.service.start(world.ask(API_KEY));
    let isDown = true;
    world.world.ports.tasks.before = (method) => {
      if (method === "end" && isDown) throw new Error("down");
    };
    await world.service.offboard();
    await world.minutes(2);
    expect(world.locks.events).toEqual([]);
    isDown = false;
    await world.minutes(4);
    expect(world.types().at(-1)).toBe("agent.offboarded");
  });

  it("are rotated once after a lost call or answer of the record, whichever it is", async () => {
    for (const method of ["seenBy", "find", "requestRotation", "recordDone", "states"]) {
      const world = new RotatingWorld();
      await world.service.start(world.ask(API_KEY));
      await world.service.offboard();
      let isLost = false;
      world.locks.before = (called) => {
        if (called !== method || isLost) return;
        isLost = true;
        throw new TypeError("lost");
      };
      for (let minute = 0; minute < 5; minute += 1) {
        await world.minutes(1).catch(() => undefined);
        await world.rotate().catch(() => undefined);
      }
      expect(isLost, method).toBe(true);
      expect(world.types(), method).toEqual([...BEGUN, "agent.offboarded"]);
      expect(world.locks.events.map(({ type }) => type)).toEqual(["secret.rotation_asked", "secret.rotated"]);
    }
  });
});
