import { describe, expect, it } from "vitest";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import { renderRevocations } from "../../functions/core/revocation/render.ts";
import { endEverything } from "../../functions/sweep/end-everything.ts";
import { type Answer, accessKeysIn, FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls, type PortCall, unlessNobodyWrites } from "../harness/around-calls.ts";
import { type Actor, everyInterleaving, someInterleavings } from "../harness/interleavings.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { touches } from "../harness/touches.ts";
import { expectSound } from "../harness/watch-worlds.ts";

/** One plain ARN: what Cedar takes to decide is not what is tested here. */
const INTENT = {
  task_ttl: "7200",
  authorization_details:
    '[{"type":"aws","account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme-data/reports/a"]}]',
};
const KEY = { idempotency_key: "one" };
const ONE_ACCOUNT = { id: ACCOUNT, region: regionNamed("us-east-1") };

/** An act of one actor while others act, and its answer. */
interface Deed {
  readonly does: string;
  readonly by: (service: FakeService, held: Held) => Promise<Answer>;
  /** Ends the task, or takes its agent's right away. */
  readonly ends?: "task" | "agent";
}

const start: Deed = { does: "an agent starts a task", by: (service) => service.exchange({ ...INTENT, ...KEY }) };
const renew: Deed = { does: "its holder renews", by: (service, held) => service.renew(held) };
const complete: Deed = { does: "its holder completes it", by: (service, held) => service.complete(held), ends: "task" };
const revoke: Deed = { does: "its holder revokes it", by: (service, held) => service.revoke(held.token), ends: "task" };
const end: Deed = { does: "an operator ends it", by: (service, held) => service.endTask(held.id), ends: "task" };
const suspend: Deed = { does: "an operator suspends the agent", by: (service) => service.suspend(), ends: "agent" };
const offboard: Deed = { does: "an operator offboards the agent", by: (service) => service.offboard(), ends: "agent" };
const panic: Deed = {
  does: "an operator halts everything",
  by: async (service) => {
    const answer = await service.panic();
    const { ports } = service.world;
    await endEverything({ openedBefore: Infinity, untilMs: Infinity, by: "panic" }, ports);
    return answer;
  },
  ends: "agent",
};
const present: Deed = {
  does: "its holder asks for a presentation token",
  by: (service, held) => service.present(held.token),
};

interface Race {
  readonly deeds: readonly Deed[];
  /** The task that exists before the race, opened under the key eleven seconds ago; with tools, for presentations. */
  readonly before: "nothing" | "a task" | "a task with tools";
}

const TOOLS = {
  ...INTENT,
  authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]',
};

/** The race in a world of its own. */
async function run({ deeds, before }: Race) {
  // One task role: an offboarding lists each of them, and that is no other race.
  const world = fakeWorld({
    deployment: { ...DEPLOYMENT, accounts: [{ ...ONE_ACCOUNT, taskRoles: 1 }] },
    random: seededRandom("before"),
  });
  const calm = new FakeService(world);
  let held: Held = { id: "", token: "" };
  if (before !== "nothing") {
    held = await calm.start({ ...(before === "a task" ? INTENT : TOOLS), ...KEY });
    world.pass(11);
  }
  const answers: Answer[] = [];
  const isPanicky = deeds.includes(panic);
  const actors = deeds.map(
    ({ by }, index): Actor =>
      async (around) => {
        const inTurn = unlessNobodyWrites(around, isPanicky);
        const ports = { ...aroundCalls(world.ports, inTurn), random: seededRandom(`actor ${index}`) };
        answers[index] = await by(new FakeService(world, ports), held);
      },
  );
  const check = async (order: readonly string[]): Promise<void> => {
    const place = order.join(" ");
    expectSound(world);
    // All starts are under one key, so they are one task, apart from withdrawn ones.
    const live = [...world.ports.tasks.tasks.values()].filter((task) => task.status === "active");
    expect(live.length, `several tasks under one key: ${place}`).toBeLessThanOrEqual(1);
    for (const [index, answer] of answers.entries()) {
      // Whom an offboarding has unbound is a stranger.
      const isStranger = deeds.includes(offboard) && answer.body.code === "agent_unknown";
      expect(
        [200, 403, 404, 429, 503, ...(isStranger ? [400] : [])],
        `${deeds[index]?.does}: ${answer.status} ${place}`,
      ).toContain(answer.status);
      await expectNothingAlive(world, held, answer, deeds, answers, place);
    }
  };
  return { actors, check };
}

/** Checks I5 of one answer, once everything has settled. (The service itself checks I6 of every answer.) */
async function expectNothingAlive(
  world: FakeWorld,
  held: Held,
  { status, body }: Answer,
  deeds: readonly Deed[],
  answers: readonly Answer[],
  place: string,
): Promise<void> {
  const keys = accessKeysIn(body);
  if (status !== 200) return expect(keys, place).toEqual([]);
  const path = body.task?.id ?? held.id;
  const task = world.ports.tasks.tasks.get(path);
  const isEndedBy = (what: Deed["ends"]) =>
    deeds.some(({ ends }, index) => ends === what && answers[index]?.status === 200);
  if (keys.length > 0 || body.access_token !== undefined) {
    const isOver = task?.status !== "active";
    // An ending that was answered with "done" is done, unless there was nothing to end yet.
    if (isEndedBy("agent")) expect(isOver, `alive though its agent is suspended: ${place}`).toBe(true);
    if (isEndedBy("task")) expect(isOver, `alive though it was ended: ${place}`).toBe(true);
    if (isOver) await expectRevoked(world, path, place);
  }
  if (body.access_token?.startsWith("vkp_") && task?.status !== "active") {
    const { body: introspection } = await new FakeService(world).introspect(body.access_token);
    expect(introspection, place).toEqual({ active: false });
  }
}

/** Every role that the task had a session in denies it by name. */
async function expectRevoked({ ports, nowSeconds }: FakeWorld, path: string, place: string): Promise<void> {
  for (const { role, account } of ports.tasks.tasks.get(path)?.leases ?? []) {
    const snapshot = await ports.tasks.snapshot({ account, role }, nowSeconds());
    expect(renderRevocations(snapshot, nowSeconds()).text ?? "", `not revoked: ${place}`).toContain(`*:${path}*`);
  }
}

const RACES: readonly Race[] = [
  { before: "nothing", deeds: [start, suspend] },
  { before: "nothing", deeds: [start, start] },
  { before: "a task", deeds: [renew, complete] },
  { before: "a task", deeds: [renew, revoke] },
  { before: "a task", deeds: [renew, end] },
  { before: "a task", deeds: [renew, suspend] },
  { before: "a task", deeds: [renew, renew] },
  { before: "a task", deeds: [start, complete] },
  { before: "a task", deeds: [start, suspend] },
  { before: "a task", deeds: [suspend, complete] },
  { before: "nothing", deeds: [start, offboard] },
  { before: "a task", deeds: [renew, offboard] },
  { before: "a task", deeds: [offboard, complete] },
  { before: "nothing", deeds: [start, panic] },
  { before: "a task", deeds: [renew, panic] },
  { before: "a task with tools", deeds: [present, complete] },
  { before: "a task with tools", deeds: [present, suspend] },
];
const CROWDS: readonly Race[] = [
  { before: "nothing", deeds: [start, start, suspend] },
  { before: "a task", deeds: [renew, renew, suspend] },
  { before: "a task", deeds: [start, renew, complete] },
  { before: "a task", deeds: [start, start, suspend, renew, end] },
  { before: "a task", deeds: [start, renew, offboard, offboard] },
  { before: "a task", deeds: [start, offboard, suspend] },
];

/** No task here delegates, so there is never an open ending. */
const SETTLED = ["ending"];

const title = ({ before, deeds }: Race): string => `${before} before; ${deeds.map(({ does }) => does).join(", ")}`;

describe("in every interleaving, vended credentials belong to a task that is alive, or that IAM has to deny (I5, I6)", () => {
  it.each(RACES.map((race) => [title(race), race] as const))("%s", async (_, race) => {
    const { count, isComplete } = await everyInterleaving(() => run(race), 20_000, SETTLED);
    expect({ isComplete, isSeveral: count > 2 }).toEqual({ isComplete: true, isSeveral: true });
  });

  it.each(CROWDS.map((race) => [title(race), race] as const))("by chance: %s", async (_, race) => {
    await someInterleavings(() => run(race), 300, 20_261_124);
  });
});

describe("the scheduler of these tests", () => {
  const orders = async (...methods: readonly (readonly string[])[]): Promise<readonly string[]> => {
    const seen: string[] = [];
    const actors = methods.map(
      (names, actor): Actor =>
        async (around) => {
          for (const method of names)
            await around({ port: "tasks", method }, async () => void lines.push(`${actor}${method}`));
        },
    );
    let lines: string[] = [];
    await everyInterleaving(async () => {
      lines = [];
      return { actors, check: async () => void seen.push(lines.join(" ")) };
    }, 5_000);
    return seen;
  };

  it("finds each of the six orders of two and two calls that touch the same", async () => {
    const seen = await orders(["end", "renew"], ["end", "renew"]);
    expect(new Set(seen).size).toBe(6);
  });

  it("finds each of the 1,680 orders of three times three", async () => {
    const three = ["end", "renew", "confirm"];
    const seen = await orders(three, three, three);
    expect([seen.length, new Set(seen).size]).toEqual([1_680, 1_680]);
  });

  it("finds in any program what all of its orders find, each only once", async () => {
    const random = seededRandom("programs");
    const below = (most: number): number => (random.bytes(1)[0] ?? 0) % most;
    const calls: readonly PortCall[] = ["read", "renew", "end"].flatMap((method) =>
      ["k7f3m2q9x4ab.", "m2q9x4abk7f3."].map((of) => ({ port: "tasks", method, of }) as const),
    );
    for (let program = 0; program < 30; program += 1) {
      // Two actors of two steps, or three of one; a step is one call, or two at once.
      const count = 2 + below(2);
      const steps = Array.from({ length: count }, () =>
        Array.from({ length: 4 - count }, () => Array.from({ length: 1 + below(2) }, () => calls[below(calls.length)])),
      );
      const found = async (asGiven: (call: PortCall) => PortCall): Promise<readonly string[]> => {
        const all: string[] = [];
        await everyInterleaving(async () => {
          const made: { readonly name: string; readonly call: PortCall }[] = [];
          const differences: string[] = [];
          const actors = steps.map(
            (own, actor): Actor =>
              async (around) => {
                for (const [at, step] of own.entries())
                  await Promise.all(
                    step.map((call, index) => {
                      if (!call) return undefined;
                      const name = `${actor}.${at}.${index}`;
                      return around(asGiven(call), async () => {
                        const before = made.filter((other) => touches(other.call, call)).map((other) => other.name);
                        differences.push(`${name} after ${before.sort().join()}`);
                        made.push({ name, call });
                      });
                    }),
                  );
              },
          );
          return { actors, check: async () => void all.push(differences.sort().join("; ")) };
        }, 100_000);
        return all;
      };
      const each = await found((call) => call);
      // A method that nobody knows touches everything, so that each order is one.
      const every = await found(({ of: _, ...call }) => ({ ...call, method: "unknown" }));
      expect([...each].sort(), JSON.stringify(steps)).toEqual([...new Set(every)].sort());
    }
  });

  it("takes orders of calls that touch nothing in common for one", async () => {
    expect(await orders(["read", "read"], ["read", "read"])).toHaveLength(1);
    expect(await orders(["read", "end"], ["read"])).toHaveLength(2);
  });

  it("takes a list of what is below a task as touched by what is opened or ends below it, at any depth, and by nothing beside it", () => {
    const [root, child, beside] = ["k7f3m2q9x4ab.", "k7f3m2q9x4ab.aaaa.bbbb.", "k7f3m2q9x4ab.cccc."];
    const below = (of: string) => ({ port: "tasks", method: "below", of }) as const;
    const touching = (method: string, of: string) =>
      [root, "k7f3m2q9x4ab.aaaa.", child, beside].filter((path) => touches({ port: "tasks", method, of }, below(path)));
    for (const method of ["open", "end"]) expect(touching(method, child)).toEqual([root, "k7f3m2q9x4ab.aaaa."]);
    expect(touching("confirm", child)).toEqual([]);
  });
});
