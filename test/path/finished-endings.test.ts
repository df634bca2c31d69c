import { describe, expect, it } from "vitest";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { endTask } from "../../functions/steps/tasks/end-task.ts";
import { finishEndings } from "../../functions/sweep/finish-endings.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** Roots of `demo`, each with a task of `helper` below it. */
async function trees(count: number) {
  const service = new FakeService(fakeWorld());
  const { tasks } = service.world.ports;
  const roots: Held[] = [];
  const children: Held[] = [];
  for (let each = 0; each < count; each += 1) {
    const root = await service.start({ task_ttl: "43200" });
    roots.push(root);
    children.push(await service.startBelow(root, { task_ttl: "43200" }));
  }
  const statusOf = ({ id }: Held | undefined = { id: "", token: "" }) => tasks.tasks.get(id)?.status;
  /** Lets every ending of these fail. */
  const protect = (...those: readonly (Held | undefined)[]) => {
    const end = tasks.end.bind(tasks);
    tasks.end = async (task, ...rest) => {
      if (those.some((each) => each?.id === task.path)) throw new Refusal("store_unavailable");
      return end(task, ...rest);
    };
    return () => {
      tasks.end = end;
    };
  };
  return { service, tasks, roots, children, statusOf, protect, ports: service.world.ports };
}

describe("a suspension that broke off below its agent's tasks", () => {
  it("returns in its repeat how many tasks that has ended, whosever they are, and then that there were none", async () => {
    const { service, children, protect } = await trees(3);
    const allow = protect(children[0], children[1]);
    expect((await service.suspend()).status).toBe(503);
    expect((await service.suspend()).status).toBe(503);
    allow();
    expect(await service.suspend()).toMatchObject({ status: 200, body: { ended_tasks: 2 } });
    expect(await service.suspend()).toMatchObject({ status: 200, body: { ended_tasks: 0 } });
  });

  it("finds a task that ends while it lists them, and broke off below", async () => {
    const { service, ports, roots, children, protect, statusOf } = await trees(1);
    ports.agents.before = async (method) => {
      if (method !== "liveTasks") return;
      ports.agents.before = () => undefined;
      const allow = protect(children[0]);
      expect((await service.complete(roots[0] as Held)).status).toBe(503);
      allow();
    };
    expect(await service.suspend()).toMatchObject({ status: 200, body: { ended_tasks: 1 } });
    expect(statusOf(children[0])).toBe("revoked");
  });

  it("is not lifted before all of it has ended", async () => {
    const { service, children, protect, statusOf } = await trees(1);
    const allow = protect(children[0]);
    await service.suspend();
    const resume = () => service.operate("POST /v1/agents/{agent}/resume", { parameters: { agent: "demo" } });
    expect((await resume()).status).toBe(503);
    allow();
    expect((await resume()).status).toBe(503);
    await service.suspend();
    expect((await resume()).status).toBe(200);
    expect(statusOf(children[0])).toBe("revoked");
  });
});

describe("an offboarding of an agent of whose tasks one had ended, and not what is below it", () => {
  it("lists that tree in its report, and ends it", async () => {
    const { service, ports, roots, children, protect, statusOf } = await trees(1);
    const allow = protect(children[0]);
    expect((await service.complete(roots[0] as Held)).status).toBe(503);
    allow();
    // The task's own last session can be used no more: nothing but the open ending leads there.
    service.world.pass(3_600);
    expect(await service.offboard()).toMatchObject({ body: { ended_tasks: 1, left_tasks: 0 } });
    expect(statusOf(children[0])).toBe("revoked");
    const listed = ports.agents.events.find(({ type }) => type === "agent.tasks_listed");
    expect(listed?.facts.tasks).toEqual([roots[0]?.id]);
  });
});

describe("the sweep", () => {
  it("ends what is alive below a task that expired as expired, and below any other as revoked", async () => {
    const { service, ports, roots, children, protect, statusOf } = await trees(2);
    const allow = protect(...children);
    await service.complete(roots[0] as Held);
    const expiring = endTask(roots[1]?.id as TaskPath, { status: "expired" }, "deadline", ports);
    await expect(expiring).rejects.toMatchObject({ code: "store_unavailable" });
    allow();
    await finishEndings(ports);
    expect(children.map(statusOf)).toEqual(["revoked", "expired"]);
  });

  it("names one that it cannot finish and the reason, leaves it open, and finishes the others", async () => {
    const { service, ports, roots, children, protect, statusOf } = await trees(3);
    const allow = protect(...children);
    for (const root of roots) await service.complete(root);
    allow();
    const stuck = protect(children[1]);
    await finishEndings(ports);
    expect(children.map(statusOf)).toEqual(["revoked", "active", "revoked"]);
    expect(service.world.lines).toContainEqual({
      ...{ level: "error", event: "ending_unfinished", task: roots[1]?.id, why: "store_unavailable" },
    });
    expect(service.world.lines.at(-1)).toEqual({
      ...{ level: "error", event: "endings_swept", open: 3, ended: 2, failed: 1 },
    });
    stuck();
    await finishEndings(ports);
    expect(service.world.lines.at(-1)).toEqual({
      ...{ level: "info", event: "endings_swept", open: 1, ended: 1, failed: 0 },
    });
    await finishEndings(ports);
    expect(service.world.lines.filter(({ event }) => event === "endings_swept")).toHaveLength(2);
  });

  it("takes up no further one after half a minute, and the next goes on", async () => {
    const { service, ports, roots, children, protect, statusOf } = await trees(12);
    const allow = protect(...children);
    for (const root of roots) await service.complete(root);
    allow();
    ports.tasks.before = (method) => {
      if (method === "end") service.world.pass(31);
    };
    await finishEndings(ports);
    expect(children.map(statusOf).filter((status) => status === "active")).not.toEqual([]);
    for (let minute = 0; minute < 2; minute += 1) await finishEndings(ports);
    expect(children.map(statusOf).filter((status) => status === "active")).toEqual([]);
  });

  it("the sweep and the request that is still at it end each task once", async () => {
    const { service, ports, roots, tasks } = await trees(3);
    await Promise.all([...roots.map((root) => service.complete(root)), finishEndings(ports), finishEndings(ports)]);
    await finishEndings(ports);
    expect(tasks.events.filter(({ type }) => type === "task.ended")).toHaveLength(6);
    expect(tasks.endings.size).toBe(0);
  });
});

describe("an ending whose last call is lost", () => {
  it("is answered as done, since it is: the list of open endings is the sweep's to tidy", async () => {
    const { service, ports, roots, tasks } = await trees(1);
    tasks.before = (method) => {
      if (method === "closeEnding") throw new Refusal("store_unavailable");
    };
    expect((await service.complete(roots[0] as Held)).status).toBe(200);
    tasks.before = () => undefined;
    expect(tasks.endings.size).toBe(1);
    await finishEndings(ports);
    expect(tasks.endings.size).toBe(0);
  });
});
