import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** A task of `demo`, which may have one, a second past its deadline. No sweep has run. */
async function pastDeadline() {
  const world = fakeWorld();
  world.addAgent({ id: "demo", limits: { ...DEFAULT_LIMITS, liveTasks: 1 } });
  const service = new FakeService(world);
  const held = await service.start({ task_ttl: "60" });
  world.pass(61);
  return { service, held };
}

describe("a task past its deadline, before it is ended", () => {
  it("takes up none of its agent's live tasks", async () => {
    const { service } = await pastDeadline();
    expect((await service.exchange()).status).toBe(200);
    expect((await service.exchange()).body.code).toBe("too_many_tasks");
  });

  it.each(["GET /v1/tasks", "GET /v1/overview"] as const)("is in no list of live tasks: %s", async (route) => {
    const { service } = await pastDeadline();
    const { body } = await service.operate(route, {});
    expect(route === "GET /v1/tasks" ? body.tasks : body.live).toEqual(route === "GET /v1/tasks" ? [] : 0);
  });

  it("is in no list of its agent's live tasks", async () => {
    const { service } = await pastDeadline();
    expect((await service.operate("GET /v1/tasks", { query: "agent=demo" })).body).toEqual({ tasks: [] });
  });

  it("is described as expired to operators, alone and in its tree", async () => {
    const { service, held } = await pastDeadline();
    for (const query of [`task=${held.id}`, `tree=${held.id}`])
      expect((await service.operate("GET /v1/tasks", { query })).body).toMatchObject({
        tasks: [{ id: held.id, status: "expired" }],
      });
  });

  it("is ended all the same, by whoever ends its agent's tasks", async () => {
    const { service, held } = await pastDeadline();
    await service.operate("POST /v1/agents/{agent}/suspend", {
      parameters: { agent: "demo" },
      body: { reason: "test" },
    });
    expect(await service.world.ports.tasks.read(held.id as never)).not.toMatchObject({ status: "active" });
  });
});
