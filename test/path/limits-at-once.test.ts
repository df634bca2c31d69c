import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS, TREE_LIMITS } from "../../contract/limits.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { everyInterleaving } from "../harness/interleavings.ts";
import { seededRandom } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const TOOLS = { authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]' };
/** Every call takes a turn of its own, so that what is begun at once runs at once. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
function serviceWith(liveTasks: number): FakeService {
  const world = fakeWorld();
  world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, liveTasks, tasksPerMinute: 1_000 } });
  const taking = aroundCalls(world.ports, async (_, run) => {
    await turn();
    return run();
  });
  return new FakeService(world, { ...taking, pause: turn });
}
const times = <T>(count: number, one: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)));
const given = (answers: readonly Answer[]) => answers.filter(({ status }) => status === 200).length;
const codes = (answers: readonly Answer[]) => new Set(answers.flatMap(({ body }) => body.code ?? []));
const active = ({ ports }: FakeWorld) => [...ports.tasks.tasks.values()].filter(({ status }) => status === "active");

describe("an agent gets as many live tasks as it may have, however many it requests at once", () => {
  it.each([
    [3, 5, "with sessions of AWS", {}],
    [3, 5, "of tools alone", TOOLS],
    [1, 10, "with sessions of AWS", {}],
    [50, 60, "with sessions of AWS", {}],
  ])("under a limit of %d, when %d are requested, %s", async (limit, requests, _, intent) => {
    const service = serviceWith(limit);
    for (let round = 0; round < 3; round += 1) {
      const answers = await times(requests, () => service.exchange(intent));
      expect(given(answers)).toBe(limit);
      expect(codes(answers)).toEqual(new Set(["too_many_tasks"]));
      expect(active(service.world)).toHaveLength(limit);
      const held = answers.flatMap(({ body }) =>
        body.task ? [{ id: body.task.id, token: body.access_token ?? "" }] : [],
      );
      await times(limit, (index) => service.complete(held[index] as Held));
      service.world.pass(1);
    }
  });

  it("beside those that it has already", async () => {
    const service = serviceWith(4);
    await times(2, () => service.start());
    expect(given(await times(6, () => service.exchange()))).toBe(2);
    expect(active(service.world)).toHaveLength(4);
  });

  it("never more, while others end", async () => {
    const service = serviceWith(3);
    const held = await times(3, () => service.start());
    const [answers] = await Promise.all([
      times(6, () => service.exchange()),
      times(3, (index) => service.complete(held[index] as Held)),
    ]);
    expect(active(service.world)).toHaveLength(given(answers));
    expect(given(answers)).toBeLessThanOrEqual(3);
    expect(given(await times(6, () => service.exchange()))).toBe(3 - given(answers));
  });

  it("a task gets as many children as it may have", async () => {
    const service = serviceWith(5);
    const held = await service.start();
    service.world.addAgent({ id: "helper", limits: { ...DEFAULT_LIMITS, liveTasks: 100, tasksPerMinute: 1_000 } });
    service.world.ports.rateLimits.count = async () => true;
    const tokens: string[] = [];
    for (let batch = 0; batch < TREE_LIMITS.pending; batch += 1) tokens.push(await service.delegation(held));
    expect(given(await times(15, (index) => service.exchangeDelegation(tokens[index] ?? "")))).toBe(15);
    for (let batch = 0; batch < 5; batch += 1) tokens.push(await service.delegation(held));
    const answers = await times(10, (index) => service.exchangeDelegation(tokens[15 + index] ?? ""));
    expect([given(answers), codes(answers)]).toEqual([5, new Set(["too_many_children"])]);
  });
});

describe("a task at the limit", () => {
  it("is refused at its first look, where all others were opened before it", async () => {
    const service = serviceWith(2);
    await times(2, () => service.start());
    service.world.pass(1);
    const { tasks, agents } = service.world.ports;
    const calls: string[] = [];
    tasks.before = (method) => void calls.push(method);
    agents.before = (method) => void calls.push(method);
    expect(await service.exchange()).toMatchObject({ status: 429, headers: { "retry-after": "30" } });
    expect(calls.filter((method) => method === "living")).toHaveLength(1);
  });

  it("stops waiting for one behind it that neither gives way nor is handed out", async () => {
    const service = serviceWith(1);
    const { id } = await service.start(TOOLS);
    // As a process leaves it that died: opened last, and by a clock that is ahead.
    const { tasks } = service.world.ports.tasks;
    const [path, task] = [...tasks].find(([each]) => each === id) ?? [];
    if (!path || !task) throw new Error("no task");
    tasks.set(path, { ...task, openedAt: task.openedAt + 60 });
    expect(await service.exchange()).toMatchObject({ status: 429, body: { code: "too_many_tasks" } });
  });
});

it("of two at a limit of one, in every interleaving, never both have it", async () => {
  const { count, isComplete } = await everyInterleaving(
    async () => {
      const world = fakeWorld();
      world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, liveTasks: 1 } });
      const answers: Answer[] = [];
      const actors = [0, 1].map((index) => async (around: Parameters<typeof aroundCalls>[1]) => {
        let pauses = 0;
        const pause = async (): Promise<void> => {
          pauses += 1;
          if (pauses > 1) world.pass(1);
        };
        // The order of their paths is to be the same in each run.
        const ports = { ...aroundCalls(world.ports, around), pause, random: seededRandom(`actor ${index}`) };
        answers[index] = await new FakeService(world, ports).exchange(TOOLS);
      });
      const check = async (): Promise<void> => {
        expect(given(answers)).toBeLessThanOrEqual(1);
        expect(active(world)).toHaveLength(given(answers));
      };
      return { actors, check };
    },
    20_000,
    ["agent"],
  );
  expect([isComplete, count > 10]).toEqual([true, true]);
});
