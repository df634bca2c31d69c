import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { aLease, aTask, aUse, ROLE } from "../fakes/samples/task.ts";
import { Sweeping } from "../harness/sweeping.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** Opens confirmed tasks with a session in a task role, past the service. */
async function held(sweeping: Sweeping, count: number, dueInSeconds: number): Promise<readonly TaskPath[]> {
  const nowSeconds = sweeping.service.world.nowSeconds();
  const paths: TaskPath[] = [];
  for (let index = 0; index < count; index += 1) {
    const expiresAt = nowSeconds + dueInSeconds;
    const leases = [aLease(0, { fenceAt: expiresAt })];
    const { task, event } = aTask({ expiresAt, openedAt: expiresAt - 7_200, confirmed: true, leases });
    await sweeping.tasks.open(task, event, aUse(), undefined);
    paths.push(task.path);
  }
  return paths;
}
const outage = () => new Refusal("store_unavailable");

describe("deadlines in the lists of the task roles", () => {
  it("end without a timer, the oldest first, sixteen at a time, however far the due lists were swept", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    const paths = [...(await held(sweeping, 40, -7_200)), ...(await held(sweeping, 40, -1))];
    const later = await held(sweeping, 3, 1);
    const ended: TaskPath[] = [];
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = (task, ...rest) => {
      ended.push(task.path);
      return end(task, ...rest);
    };
    expect(sweeping.timers()).toEqual([]);
    expect(await sweeping.sweep()).toMatchObject({ ended: 80, failed: 0 });
    expect(ended).toEqual(paths);
    expect(later.map((path) => sweeping.statusOf(path))).toEqual(later.map(() => "active"));
    expect(await sweeping.tasks.living(ROLE)).toHaveLength(3);
  });

  it("of a task with sessions in several roles end it once", async () => {
    const sweeping = new Sweeping();
    const expiresAt = sweeping.service.world.nowSeconds() - 1;
    const leases = [0, 1, 2].map((index) => aLease(index, { role: `valetkey-task-${index}`, fenceAt: expiresAt }));
    const { task, event } = aTask({ expiresAt, openedAt: expiresAt - 60, confirmed: true, leases });
    await sweeping.tasks.open(task, event, aUse(), undefined);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect(sweeping.count("read")).toBe(1);
  });

  it("that an earlier release wrote without the deadline are looked at past their fence", async () => {
    const sweeping = new Sweeping();
    const [late = "" as TaskPath, live = "" as TaskPath] = [
      ...(await held(sweeping, 1, -1)),
      ...(await held(sweeping, 1, 3_600)),
    ];
    const fenceAt = sweeping.service.world.nowSeconds() - 1;
    for (const { expiresAt: _, ...entry } of await sweeping.tasks.living(ROLE))
      sweeping.tasks.putEntries(ROLE, [{ ...entry, fenceAt }]);
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
    expect([sweeping.statusOf(late), sweeping.statusOf(live)]).toEqual(["expired", "active"]);
  });

  it("of a role that the pool no longer has are met as long as it is a former one", async () => {
    const sweeping = new Sweeping();
    const [path = ""] = await held(sweeping, 1, -1);
    const { ports } = sweeping;
    const accounts = ports.deployment.accounts.map((account) => ({ ...account, id: accountId("999999999999") }));
    expect(await sweeping.sweep({ ...ports, deployment: { ...ports.deployment, accounts } })).toMatchObject({
      ended: 0,
    });
    expect(sweeping.statusOf(path)).toBe("active");
    const former = ports.deployment.accounts.map((account) => ({ ...account, taskRoles: 0, formerTaskRoles: 4 }));
    expect(await sweeping.sweep({ ...ports, deployment: { ...ports.deployment, accounts: former } })).toMatchObject({
      ended: 1,
    });
  });

  it("that a lease left in a role before it moved are removed once nothing of it can live, and not before", async () => {
    const sweeping = new Sweeping();
    const [path = "" as TaskPath] = await held(sweeping, 1, -1);
    const [entry] = await sweeping.tasks.living(ROLE);
    await sweeping.sweep();
    expect(sweeping.statusOf(path)).toBe("expired");
    if (entry) sweeping.tasks.putEntries(ROLE, [entry]);
    sweeping.service.world.pass(240);
    await sweeping.sweep();
    expect(await sweeping.tasks.living(ROLE)).toHaveLength(1);
    sweeping.service.world.pass(120);
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, failed: 0 });
    expect(await sweeping.tasks.living(ROLE)).toEqual([]);
  });

  it("that cannot be ended do not block the others, ring each minute, and hold no due list", async () => {
    const sweeping = new Sweeping();
    const [stuck = "" as TaskPath] = await held(sweeping, 1, -60);
    await held(sweeping, 30, -60);
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = async (task, ...rest) => {
      if (task.path === stuck) throw outage();
      return end(task, ...rest);
    };
    expect(await sweeping.sweep()).toMatchObject({ ended: 30, failed: 1, lagSeconds: 60 });
    for (let minute = 0; minute < 30; minute += 1) {
      expect(sweeping.lines("overdue")).toEqual([]);
      sweeping.service.world.pass(60);
      expect((await sweeping.sweep()).lagSeconds).toBe(60);
    }
    expect(sweeping.lines("sweep_failed")).toHaveLength(31);
    expect(sweeping.lines("overdue")).toMatchObject([{ level: "error", task: stuck }]);
    sweeping.tasks.end = end;
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0 });
  });

  it("for which there is no time in one sweep are the next one's, and report their age", async () => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    await held(sweeping, 60, -600);
    const end = sweeping.tasks.end.bind(sweeping.tasks);
    sweeping.tasks.end = (...given) => {
      sweeping.service.world.pass(1);
      return end(...given);
    };
    const first = await sweeping.sweep();
    expect(first.ended).toBeLessThan(60);
    expect(first.lagSeconds).toBeGreaterThanOrEqual(600);
    expect(first.ended + (await sweeping.sweep()).ended).toBe(60);
  });

  it.each([
    ["an outage is read again, and no first look is lost: the lists go on from where they were", outage, 360],
    ["a bug rings, and holds nothing", () => new TypeError("a bug"), 60],
  ])("in a list that cannot be read for %s", async (_, error, lagSeconds) => {
    const sweeping = new Sweeping();
    await sweeping.sweep();
    sweeping.service.world.pass(300);
    const [path = ""] = await held(sweeping, 1, -1);
    const living = sweeping.tasks.living.bind(sweeping.tasks);
    sweeping.tasks.living = async (role) => {
      if (role.role === ROLE.role) throw error();
      return living(role);
    };
    expect(await sweeping.sweep()).toMatchObject({ ended: 0, lagSeconds });
    expect(sweeping.lines("sweep_failed")).toMatchObject([{ ...ROLE }]);
    sweeping.tasks.living = living;
    expect(await sweeping.sweep()).toMatchObject({ ended: 1, failed: 0, lagSeconds: 60 });
    expect(sweeping.statusOf(path)).toBe("expired");
  });

  it("free the agent's places: none counts against it two minutes past its deadline, swept or not", async () => {
    const sweeping = new Sweeping();
    const [path = ""] = await held(sweeping, 1, 10);
    const agent = sweeping.tasks.tasks.get(path)?.agent ?? agentId("nobody");
    await sweeping.sweep();
    expect(await sweeping.ports.agents.liveTasks(agent)).toEqual([path]);
    sweeping.service.world.pass(10);
    await sweeping.sweep();
    expect(await sweeping.ports.agents.liveTasks(agent)).toEqual([]);
  });
});
