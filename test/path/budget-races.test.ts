import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { rootIdOf } from "../../contract/task-id.ts";
import { parseBudgets } from "../../functions/core/budgets/budget.ts";
import type { Spending } from "../../functions/core/budgets/budgets.ts";
import { COUNTED_SECONDS, NOTHING_SPENT, newestIn, spentIn } from "../../functions/core/budgets/spent.ts";
import type { JournalEvent } from "../../functions/core/journal/event.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { countGrant, readFree } from "../../functions/exchange/vend/count-grant.ts";
import { aTask, aUse } from "../fakes/samples/task.ts";
import { FakeTasks } from "../fakes/tasks/tasks.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { seededNumbers, seededRandom } from "../harness/seeded-random.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { intentOf } from "./approvals/approving.ts";

watchWorlds();

const READ = { authorization_details: intentOf("s3:GetObject") };
const LIMITS = { liveTasks: 5_000, tasksPerMinute: 5_000, taskSeconds: 3_600 };
const DAY = 86_400;

/** Waits for a few turns, so that what runs at once runs in another order each time. */
const turnsBy = (number: () => number) => async () => {
  for (let left = Math.floor(number() * 4); left > 0; left -= 1)
    await new Promise<void>((resolve) => setImmediate(resolve));
};

const counted = ({ ports: { budgets, clock } }: FakeWorld, name: string): number =>
  spentIn(budgets.spent.get(name)?.spent ?? NOTHING_SPENT, { window: DAY }, clock.nowMs() / 1_000);

function worldWithin(budget: string, number: () => number) {
  const world = fakeWorld();
  for (const id of ["demo", "tickets", "helper"]) world.addAgent({ id: agentId(id), limits: LIMITS });
  const turns = turnsBy(number);
  const ports = aroundCalls(world.ports, async (_, run) => {
    await turns();
    return run();
  });
  const policies = cedarOf([`@id("all") @budget("${budget}") permit (principal, action, resource);`]);
  return { world, service: new FakeService(world, { ...ports, pause: turns, policies }) };
}

describe("a budget of 3 under 50 grants at once", () => {
  it("counts exactly 3 in each of 1,000 rounds", async () => {
    const number = seededNumbers("1,000 rounds");
    const turns = turnsBy(number);
    for (let round = 0; round < 1_000; round += 1) {
      const tasks = new FakeTasks();
      const ports = {
        ...{ tasks, budgets: tasks.budgets, random: seededRandom(`round ${round}`) },
        ...{ clock: { nowMs: Date.now }, pause: turns },
      };
      const held = [{ name: "deploys", count: 3, window: DAY, scope: "agent", holder: "demo" }] as const;
      const grant = async () => {
        const { task, event } = aTask();
        const known = await readFree(held, ports);
        await turns();
        const write = (spendings: readonly Spending[]) =>
          tasks.open(task, event, aUse(), undefined, undefined, { spendings });
        await countGrant(task.path, held, known, undefined, write, ports);
      };
      const answers = await Promise.allSettled(Array.from({ length: 50 }, grant));
      const codes = answers.map((each) => (each.status === "fulfilled" ? "granted" : each.reason.code));
      expect([codes.filter((code) => code === "granted").length, new Set(codes)]).toEqual([
        3,
        new Set(["granted", "budget_spent"]),
      ]);
      expect(tasks.tasks.size).toBe(3);
    }
  }, 120_000);

  it("grants exactly 3 of 50 requests at once, in each of 20 rounds of the whole exchange", async () => {
    for (let round = 0; round < 20; round += 1) {
      const { world, service } = worldWithin("reads 3/1d agent", seededNumbers(`exchange ${round}`));
      const answers = await Promise.all(Array.from({ length: 50 }, () => service.exchange(READ)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
      expect(world.ports.tasks.tasks.size).toBe(3);
    }
  }, 120_000);
});

describe("a person's budget under grants at once", () => {
  it.each(["a", "b", "c", "d"])(
    "counts two agents of the person, and their sub-agents, together (%s)",
    async (seed) => {
      const { world, service } = worldWithin("reads 9/1d person", seededNumbers(`person ${seed}`));
      const tokenFor = (agent: string) =>
        world.personToken({ may_act: { iss: "https://robots.test", sub: `agent:${agent}` } });
      const forPat = (agent: string) =>
        service.exchangeFor(tokenFor(agent), {
          ...READ,
          actor_token: world.agentToken({ sub: `agent:${agent}` }),
        });
      const roots = await Promise.all(["demo", "tickets"].map(forPat));
      const held = roots.map(({ body }) => ({ id: body.task?.id ?? "", token: body.access_token ?? "" }));
      const asks = Array.from({ length: 48 }, async (_, index) => {
        const root = held[index % 2];
        if (index % 3 > 0 || !root) return (await forPat(index % 2 === 0 ? "demo" : "tickets")).status;
        return service.startBelow(root, READ).then(
          () => 200,
          (error: Error) => (error.message.includes("budget_spent") ? 429 : error),
        );
      });
      const answers = await Promise.all(asks);
      expect(answers.filter((status) => status === 200)).toHaveLength(7);
      expect(new Set(answers)).toEqual(new Set([200, 429]));
      expect(world.ports.tasks.tasks.size).toBe(9);
    },
  );
});

describe("a storm of tasks that are withdrawn", () => {
  it.each(["a", "b", "c", "d", "e", "f"])("gives back no more than it counted (%s)", async (seed) => {
    const number = seededNumbers(`storm ${seed}`);
    const { world, service } = worldWithin("reads 10/1d agent", number);
    const { tasks } = world.ports;
    tasks.before = (method) => {
      if (method === "confirm" && number() < 0.5) throw new Refusal("store_unavailable");
    };
    const answers = await Promise.all(Array.from({ length: 50 }, () => service.exchange(READ)));
    const held = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    tasks.before = () => undefined;
    const before = counted(world, "reads#agent#demo");
    expect(before).toBeGreaterThanOrEqual(held);
    const after = await Promise.all(Array.from({ length: 20 }, () => service.exchange(READ)));
    expect(after.filter(({ status }) => status === 200)).toHaveLength(10 - before);
  });

  it("by failures of a sub-agent's task gives back nothing of the tasks above, in any of the budgets", async () => {
    const { world, service } = worldWithin("reads 6/1d agent, all 9/1d hub", seededNumbers("storm below"));
    const root = await service.start(READ);
    await service.startBelow(root, READ);
    const { tasks, budgets } = world.ports;
    tasks.before = (method) => {
      if (method === "confirm") throw new Refusal("store_unavailable");
    };
    for (let round = 0; round < 5; round += 1)
      await Promise.allSettled(Array.from({ length: 8 }, () => service.startBelow(root, READ)));
    tasks.before = () => undefined;
    world.pass(61);
    expect(tasks.tasks.size).toBeGreaterThan(2);
    const [own, below, all] = ["reads#agent#demo", "reads#agent#helper", "all#hub#*"].map((key) => counted(world, key));
    expect([Number(own) >= 2, Number(below) >= 1, Number(all) >= 2, budgets.spent.size]).toEqual([true, true, true, 3]);
    const after = await Promise.allSettled(Array.from({ length: 10 }, () => service.startBelow(root, READ)));
    const granted = after.filter(({ status }) => status === "fulfilled").length;
    expect(granted).toBe(Math.min(6 - Number(own), 6 - Number(below), 9 - Number(all)));
  });
});

describe("the log, replayed", () => {
  /** Budgets, the longest pause between two steps in seconds, and a pause after which the table forgets. */
  const SCENES = [
    { budgets: "reads 3/20m agent, all 9/2h hub, tree 2/1h tree", longest: 700, forgets: 0 },
    { budgets: "reads 1/31d agent, all 9/31d hub", longest: 3 * DAY, forgets: 31 * DAY },
  ] as const;

  /** Holders of each budget for a task, by its own entry of the log. */
  function holdersIn({ of, facts }: JournalEvent): readonly (readonly [budget: string, holder: string])[] {
    const agents = [...((facts.chain as readonly string[] | undefined) ?? []), String(facts.agent)];
    return (facts.budgets as readonly string[]).flatMap((text) => {
      const scope = text.split(" ")[2];
      const holders = scope === "agent" ? [...new Set(agents)] : scope === "tree" ? [rootIdOf(of)] : ["*"];
      return holders.map((holder) => [text, holder] as const);
    });
  }

  it.each(Array.from({ length: 12 }, (_, index) => index))(
    "has no window with more grants than a budget allows, though the table forgets as early as it may (%i)",
    async (seed) => {
      const number = seededNumbers(`log ${seed}`);
      const { budgets, longest, forgets } = SCENES[seed % 2] ?? SCENES[0];
      const { world, service } = worldWithin(budgets, number);
      const roots: Held[] = [];
      const refused = new Set<unknown>();
      const ask = async () => {
        const root = number() < 0.4 ? roots.at(-1) : undefined;
        if (root) {
          await service
            .startBelow(root, READ)
            .catch((error: Error) => refused.add(/"code":"(\w+)"/.exec(error.message)?.[1]));
          return;
        }
        const agent = number() < 0.5 ? "demo" : "tickets";
        const { status, body } = await service.exchange({
          ...READ,
          subject_token: world.agentToken({ sub: `agent:${agent}` }),
        });
        if (status === 200 && body.task) roots.push({ id: body.task.id, token: body.access_token ?? "" });
        else refused.add(body.code);
      };
      for (let step = 0; step < 60; step += 1) {
        const isLong = forgets > 0 && number() < 0.15;
        world.pass(Math.floor(isLong ? forgets - 60 + number() * 120 : number() * longest));
        for (const [name, { spent }] of world.ports.budgets.spent)
          if ((newestIn(spent) ?? 0) + COUNTED_SECONDS < world.nowSeconds()) world.ports.budgets.spent.delete(name);
        await Promise.all(Array.from({ length: 1 + Math.floor(number() * 4) }, ask));
      }
      expect(refused).toContain("budget_spent");
      const grants = new Map<string, number[]>();
      const opened = world.ports.tasks.events.filter(({ type }) => type === "task.opened");
      for (const event of opened)
        for (const [budget, holder] of holdersIn(event)) {
          const key = `${budget}|${holder}`;
          grants.set(key, [...(grants.get(key) ?? []), event.at]);
        }
      expect(opened.length).toBeGreaterThan(8);
      for (const [key, times] of grants) {
        const parsed = parseBudgets(key.split("|")[0] ?? "");
        if (typeof parsed === "string" || !parsed[0]) throw new Error(`not a budget: ${key}`);
        const { count, window } = parsed[0];
        for (const from of times)
          expect(times.filter((at) => at >= from && at < from + window * 1_000).length, key).toBeLessThanOrEqual(count);
      }
    },
  );
});
