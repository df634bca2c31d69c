import { describe, expect, it } from "vitest";
import { ancestorsOf } from "../../functions/core/task-path.ts";
import { intake } from "../../functions/intake/intake.ts";
import { suspendAgent } from "../../functions/steps/agents/suspend-agent.ts";
import type { Held } from "../fakes/world/service.ts";
import { ConnectedWorld, ORDERS } from "../harness/connected-world.ts";
import { Reaper } from "../harness/reaper.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const POLICIES = cedarOf(["permit (principal, action, resource);"]);

/**
 * A tree of three agents, whose tasks each have a login to a database for twelve hours: the root of `demo`, two tasks
 * of `helper` below it, and one of `scribe` below each of these. Beside it a tree of `scribe` alone.
 */
class Grove {
  readonly reaper = new Reaper();
  readonly one = new ConnectedWorld({ policies: POLICIES }, this.reaper.disturb);
  root: Held = { id: "", token: "" };

  static async planted(): Promise<Grove> {
    const grove = new Grove();
    const { service } = grove.one;
    const long = { ...grove.one.ask(ORDERS), task_ttl: "43200" };
    grove.root = await service.start(long);
    for (const _ of ["one", "other"])
      await service.startBelow(await service.startBelow(grove.root, long), long, "scribe");
    await service.start({ ...long, subject_token: grove.one.world.agentToken({ sub: "agent:scribe" }) });
    return grove;
  }

  get #tasks() {
    return [...this.one.world.ports.tasks.tasks.values()];
  }

  get alive(): readonly string[] {
    return this.#tasks.flatMap(({ path, status }) => (status === "active" ? [path] : []));
  }

  /** Tasks that are alive below one that has ended. */
  get orphans(): readonly string[] {
    const ended = new Set(this.#tasks.flatMap(({ path, status }) => (status === "active" ? [] : [path])));
    return this.alive.filter((path) => ancestorsOf(path as never).some((above) => ended.has(above)));
  }

  agent(id: string) {
    const agent = this.one.world.ports.agents.agents.get(id);
    if (!agent) throw new Error(`there is no ${id}`);
    return agent;
  }

  /** A minute: whatever runs by itself does. */
  async minute(): Promise<void> {
    this.one.world.pass(60);
    await this.one.sweep();
    await this.one.relay();
    await this.one.revokeLeases();
  }
}

/** @returns whether the answer reports that all is done. */
type Deed = (grove: Grove) => Promise<boolean>;
const isDone = async (answer: Promise<{ readonly status: number }>): Promise<boolean> => (await answer).status === 200;
const settles = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

const DEEDS: readonly (readonly [string, Deed])[] = [
  ["a suspension of the root's agent", ({ one }) => isDone(one.service.suspend("demo"))],
  ["a suspension of an agent in the middle", ({ one }) => isDone(one.service.suspend("helper"))],
  ["an offboarding", ({ one }) => isDone(one.service.offboard("demo"))],
  ["a completion", ({ one, root }) => isDone(one.service.complete(root))],
  ["a revocation by the holder", ({ one, root }) => isDone(one.service.revoke(root.token))],
  ["an operator's ending", ({ one, root }) => isDone(one.service.endTask(root.id))],
  [
    "a suspension by the hourly check",
    (grove) => settles(suspendAgent(grove.agent("demo"), "check", grove.one.ports, { check: "past_its_end" })),
  ],
  [
    "a suspension requested over the bus",
    ({ one }) =>
      settles(
        intake(
          {
            ...{ version: "0", id: crypto.randomUUID(), region: "us-east-1", resources: [] },
            ...{ account: "444455556666", source: "valetkey.request", "detail-type": "agent.suspend" },
            time: new Date(one.world.nowSeconds() * 1_000).toISOString(),
            detail: { version: "1", agent: "demo", reason: "an alarm", requested_by: "ci" },
          },
          one.ports,
        ),
      ),
  ],
];

/** The deed breaks off at each of its calls in turn, in each way; then comes what is to mend it. */
async function brokenOff(
  deed: Deed,
  lasts: "for good" | "once",
  mend: (grove: Grove, at: string) => Promise<void>,
): Promise<number> {
  for (let at = 0; ; at += 1) {
    let made = 0;
    for (const when of ["before", "after"] as const) {
      const grove = await Grove.planted();
      const place = `broke off ${when} call ${at}`;
      grove.reaper.arm(at, when, lasts);
      if (await deed(grove)) expect(grove.orphans, `${place}, and said that it was done`).toEqual([]);
      made = grove.reaper.calls;
      grove.reaper.disarm();
      await mend(grove, place);
    }
    if (made <= at) return at;
  }
}

describe.each(DEEDS)("I5: %s that breaks off", (_, deed) => {
  it.each(["for good", "once"] as const)(
    "(%s) at any of its calls: its repeat reports completion only when nothing lives below the ended task",
    async (lasts) => {
      const calls = await brokenOff(deed, lasts, async (grove, place) => {
        expect(await deed(grove), place).toBe(true);
        expect(grove.orphans, place).toEqual([]);
        expect(grove.alive.length, place).toBeLessThan(6);
      });
      expect(calls).toBeGreaterThan(8);
    },
  );

  it("at any of its calls is finished by two sweeps, hours before the deadline, with what connectors issued below", async () => {
    await brokenOff(deed, "for good", async (grove, place) => {
      await grove.minute();
      await grove.minute();
      expect(grove.orphans, place).toEqual([]);
      expect(grove.one.remaining().logins, place).toHaveLength(grove.alive.length);
      expect(await grove.one.world.ports.tasks.openEndings(), place).toEqual([]);
    });
  });
});
