import { describe, expect, it } from "vitest";
import { Refusal } from "../../../functions/core/refusal.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { sweep } from "../../../functions/sweep/sweep.ts";
import { sweepingPorts } from "../../harness/sweeping.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, intentOf } from "./approving.ts";

watchWorlds();

const INBOX = { issuer: "staff", group: "sre" } as const;

const taskIn = ({ world }: ApprovalScene, id: string): Task => {
  const task = world.ports.tasks.tasks.get(id as Task["path"]);
  if (!task) throw new Error("no task");
  return task;
};

/** Requests an approval by a process that dies before it can confirm or withdraw the task. */
async function dying(scene: ApprovalScene, changed: Parameters<ApprovalScene["ask"]>[0] = {}): Promise<void> {
  const { tasks } = scene.world.ports;
  tasks.before = (method) => {
    if (["confirm", "end"].includes(method)) throw new Refusal("store_unavailable");
  };
  expect((await scene.ask(changed)).status).toBe(503);
  tasks.before = () => undefined;
}

async function twoMinutes({ world }: ApprovalScene): Promise<void> {
  for (let minute = 0; minute < 2; minute += 1) {
    world.pass(60);
    await sweep(sweepingPorts(world));
  }
}

describe("a task that waits, whose request died before its confirmation", () => {
  it("is withdrawn within two minutes, waits for nobody then, and takes no place from later requests", async () => {
    const scene = new ApprovalScene();
    const intents = ["a", "b", "c"].map((name) => intentOf("s3:GetObject").replace("/a", `/${name}`));
    for (const authorization_details of intents) await dying(scene, { authorization_details });
    const { tasks, ballots, notificationBoard } = scene.world.ports;
    const places = await ballots.listWaiting(INBOX, scene.world.nowSeconds());
    expect(places).toHaveLength(3);
    await twoMinutes(scene);
    expect([...tasks.tasks.values()].map(({ status }) => status)).toEqual(["withdrawn", "withdrawn", "withdrawn"]);
    for (const { task = "" as never, agent } of places)
      expect(await notificationBoard.isLive({ path: task, agent })).toBe(false);
    for (const authorization_details of intents) await scene.waiting({ authorization_details });
  });

  it.each<readonly [string, Parameters<ApprovalScene["ask"]>[0], Parameters<ApprovalScene["ask"]>[0]]>([
    ["no key", {}, {}],
    ["the same key", { idempotency_key: "run-1" }, { idempotency_key: "run-1" }],
    ["another key", { idempotency_key: "run-1" }, { idempotency_key: "run-2" }],
    ["a key of its own", {}, { idempotency_key: "run-2" }],
  ])("waits on once the same request under %s has a token of it", async (_, first, second) => {
    const scene = new ApprovalScene();
    await dying(scene, first);
    const held = await scene.waiting(second);
    await twoMinutes(scene);
    expect((await scene.poll(held)).body.error).toBe("authorization_pending");
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("has no successor under the key of a repeat that was answered with it, whatever its record says", async () => {
    const scene = new ApprovalScene();
    const request = { idempotency_key: "run-1" };
    await dying(scene, request);
    const other = await scene.waiting();
    const held = await scene.waiting(request);
    expect(held.id).toBe(other.id);
    await scene.service.complete(held);
    const { tasks } = scene.world.ports.tasks;
    const { confirmed: _, ...task } = taskIn(scene, held.id);
    tasks.set(task.path, { ...task, status: "withdrawn" });
    scene.world.pass(61);
    expect((await scene.ask(request)).body.code).toBe("task_ended");
  });

  it("gives no place beyond the limit to the same request", async () => {
    const scene = new ApprovalScene();
    const requestFor = (name: string) => ({
      authorization_details: intentOf("s3:GetObject").replace("/a", `/${name}`),
    });
    for (const name of ["one", "two", "three"]) await scene.waiting(requestFor(name));
    scene.world.pass(1);
    const { ballots, tasks } = scene.world.ports;
    const listed = ballots.listed.bind(ballots);
    // The request was made at the same moment as the others, and saw none of them.
    ballots.listed = async () => [];
    await dying(scene, requestFor("four"));
    ballots.listed = listed;
    expect((await scene.ask(requestFor("four"))).body.code).toBe("too_many_approvals");
    await twoMinutes(scene);
    expect([...tasks.tasks.values()].filter(({ status }) => status === "active")).toHaveLength(3);
  });
});
