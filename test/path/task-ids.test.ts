import { beforeEach, describe, expect, it } from "vitest";
import { type TaskPath, taskPath } from "../../functions/core/task-path.ts";
import { hashToken, makeToken } from "../../functions/core/tasks/token.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { fakeWorld, httpEvent } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

let service: FakeService;
let held: Held;

beforeEach(async () => {
  service = new FakeService(fakeWorld());
  held = await service.start();
});

const without = (id: string): string => id.slice(0, -1);

/** Records a task as it was opened before, with dots in its id, and returns it with a token of it. */
function earlierTask(): Held {
  const { tasks } = service.world.ports.tasks;
  const id = taskPath("k7f3m2q9x4ab.") as TaskPath;
  const token = makeToken("vk", id, new Uint8Array(32).fill(7));
  const task = tasks.get(held.id);
  if (!task) throw new Error("no task is open");
  tasks.set(id, {
    ...task,
    path: id,
    tokens: [{ hash: hashToken(token) }],
  });
  return { id, token };
}

const asHolder = (task: string, { token }: Held) =>
  service.send(
    httpEvent("GET /v1/tasks/{task}", { headers: { authorization: `Bearer ${token}` }, pathParameters: { task } }),
  );

describe("a task's id without its last separator", () => {
  it.each<RouteKey>(["GET /v1/tasks/{task}/receipt", "GET /v1/tasks/{task}/ledger", "POST /v1/tasks/{task}/end"])(
    "names the task to an operator at %s",
    async (route) => {
      const answer = await service.operate(route, { parameters: { task: without(held.id) } });
      expect(answer.status).toBe(200);
      expect([answer.body.id, answer.body.task]).toContain(held.id);
    },
  );

  it.each(["task", "tree"])("names the task as ?%s=, and the answer has the whole id", async (name) => {
    const { status, body } = await service.operate("GET /v1/tasks", { query: `${name}=${without(held.id)}` });
    expect({ status, body }).toMatchObject({ status: 200, body: { tasks: [{ id: held.id }] } });
  });

  it("selects the task's escalations", async () => {
    const answer = await service.operate("GET /v1/escalations", { query: `tree=${without(held.id)}` });
    expect(answer).toMatchObject({ status: 200, body: { escalations: [] } });
  });

  it("names an earlier task, whose separator is a dot", async () => {
    const earlier = earlierTask();
    for (const id of [earlier.id, without(earlier.id)]) {
      const { status, body } = await service.operate("GET /v1/tasks", { query: `task=${id}` });
      expect({ status, body }, id).toMatchObject({ status: 200, body: { tasks: [{ id: earlier.id }] } });
      expect(await asHolder(id, earlier), id).toMatchObject({ status: 200, body: { id: earlier.id } });
    }
    const other = await service.operate("GET /v1/tasks", { query: "task=k7f3m2q9x4ab_" });
    expect(other).toMatchObject({ status: 404 });
  });

  it("names the task to its holder", async () => {
    expect(await asHolder(without(held.id), held)).toMatchObject({ status: 200, body: { id: held.id } });
    expect(await service.renew({ ...held, id: without(held.id) })).toMatchObject({ status: 200 });
  });

  it("names no other task to a holder: none above, below or beside it", async () => {
    const other = await service.start();
    const root = without(held.id);
    for (const id of [other.id, without(other.id), `${held.id}aaaa_`, `${held.id}aaaa`, `${root}.`, `${root}__`, ""])
      expect((await asHolder(id, held)).status, id).toBe(401);
  });

  it.each(["k7f3m2q9x4a", "k7f3m2q9x4ab__", "k7f3m2q9x4ab..", "k7f3m2q9x4ab_c1x9.", "k7f3m2q9x4ab_c1x", ""])(
    "is malformed as %j",
    async (task) => {
      const answer = await service.operate("POST /v1/tasks/{task}/end", { parameters: { task } });
      expect(answer).toMatchObject({ status: 400, body: { error_description: expect.stringContaining("malformed") } });
    },
  );
});
