import { describe, expect, it } from "vitest";
import type { ShownTask } from "../../../contract/tasks.ts";
import { approverToken } from "../../fakes/samples/asked-approval.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, permitting, type WaitingHeld } from "./approving.ts";
import { decide, withdraw } from "./deciding.ts";

watchWorlds();

/** Reads the state of the request of a task, as an operator's list and the task's holder see it. Both must agree. */
async function approvalOf(scene: ApprovalScene, held: WaitingHeld): Promise<ShownTask["approval"]> {
  const { body } = await scene.operators.operate("GET /v1/tasks", { query: "agent=demo" });
  const listed = (body.tasks as unknown as readonly ShownTask[]).find(({ id }) => id === held.id);
  const own = (await scene.service.readTask(held)).body as unknown as ShownTask;
  expect(own.approval).toEqual(listed?.approval);
  return listed?.approval;
}

/** A person votes by the route, so that `approve` announces the decision. */
const approve = (scene: ApprovalScene, { approval }: WaitingHeld, person: string) =>
  decide(
    scene.service,
    approval,
    { decision: "approve", vote: scene.voteToken([approval], person) },
    approverToken(scene.world, person),
  );

describe("the request of a task that asked people", () => {
  it("is shown as denied, by whom, when and why", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    expect(await approvalOf(scene, held)).toMatchObject({ state: "pending" });
    expect(await approvalOf(scene, held)).not.toHaveProperty("decided");
    const at = new Date(scene.world.nowSeconds() * 1_000).toISOString().replace(".000", "");
    await decide(scene.service, held.approval, { decision: "deny", reason: "not during the freeze" });
    expect(await approvalOf(scene, held)).toMatchObject({
      state: "denied",
      decided: { by: "staff|bob", at, reason: "not during the freeze" },
    });
  });

  it("is shown as approved once all votes are given, until the time to fetch the key is over", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre=2")')]);
    const held = await scene.waiting();
    await approve(scene, held, "bob");
    expect(await approvalOf(scene, held)).toMatchObject({ state: "pending" });
    await approve(scene, held, "carol");
    expect(await approvalOf(scene, held)).toMatchObject({ state: "approved" });
    expect((await approvalOf(scene, held))?.decided).not.toHaveProperty("by");
    scene.world.pass(301);
    expect(await approvalOf(scene, held)).toMatchObject({ state: "expired" });
    expect(await approvalOf(scene, held)).not.toHaveProperty("decided");
  });

  it("is shown as withdrawn, by whom, after its approval", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await approve(scene, held, "bob");
    expect(await approvalOf(scene, held)).toMatchObject({ state: "approved" });
    await withdraw(scene.service, held.approval);
    expect(await approvalOf(scene, held)).toMatchObject({ state: "withdrawn", decided: { by: "staff|bob" } });
  });

  it("is shown as expired where nobody decided in time", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    scene.world.pass(901);
    expect(await approvalOf(scene, held)).toMatchObject({ state: "expired" });
  });

  it("gets no key by an announcement: the exchange counts votes alone", async () => {
    const scene = new ApprovalScene();
    const held = await scene.waiting();
    await scene.world.ports.ballots.announceApproved(held.approval, scene.world.nowSeconds());
    expect(await approvalOf(scene, held)).toMatchObject({ state: "approved" });
    expect((await scene.poll(held)).body).toMatchObject({ error: "authorization_pending" });
  });
});
