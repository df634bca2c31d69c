import { describe, expect, it } from "vitest";
import type { Held } from "../../fakes/fake-service.ts";
import type { FakeWorld } from "../../fakes/fake-world.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { ApprovalScene, intentOf, permitting } from "./approvals/approving.ts";

const TOOL = 'permit (principal, action == Action::"tool:Call", resource is Tool);';
const codeOf = ({ body }: { readonly body: { readonly code?: string } }) => body.code;

/** Copies a task's record. The returned function puts the copy back, with the present chain, so that later writes succeed. */
function keep({ ports }: FakeWorld, { id }: Pick<Held, "id">): () => void {
  const { tasks } = ports.tasks;
  const copy = structuredClone(tasks.get(id) as Task);
  return () => void tasks.set(id, { ...copy, chain: (tasks.get(id) as Task).chain });
}

describe("the waiting version of an approved task, which somebody has put back", () => {
  async function approved() {
    const scene = new ApprovalScene([permitting('@approval("sre")'), TOOL]);
    const details = [...JSON.parse(intentOf("s3:GetObject")), { type: "tool", server: "tickets", tools: ["search"] }];
    const held = await scene.waiting({ authorization_details: JSON.stringify(details), task_ttl: "60" });
    const putBack = keep(scene.world, held);
    scene.world.pass(10);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    scene.world.pass(15);
    return { scene, held, putBack };
  }

  it("is answered with nothing, within the approved time and after it (I9b)", async () => {
    const { scene, held, putBack } = await approved();
    const shown = (await scene.service.present(held.token)).body.access_token ?? "";
    putBack();
    for (const seconds of [0, 60]) {
      scene.world.pass(seconds);
      expect(codeOf(await scene.poll(held))).toBe("task_ended");
      expect((await scene.service.renew(held)).status).toBe(403);
      expect(codeOf(await scene.service.present(held.token))).toBe("task_ended");
      expect(codeOf(await scene.service.delegate(held.token))).toBe("task_ended");
      expect((await scene.service.introspect(shown)).body).toEqual({ active: false });
    }
  });

  it("is refused for now, and nothing rings, where the approval was used after the record was read", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")'), TOOL]);
    const held = await scene.waiting();
    await scene.vote(held);
    const { ballots } = scene.world.ports;
    let isFirst = true;
    ballots.before = async (method) => {
      if (method !== "read" || !isFirst) return;
      isFirst = false;
      expect((await scene.poll(held)).status).toBe(200);
    };
    expect(await scene.service.renew(held)).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(scene.world.lines.map(({ event }) => event)).not.toContain("seal_broken");
    scene.world.pass(15);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it("rings, since somebody has changed the record", async () => {
    const { scene, held, putBack } = await approved();
    putBack();
    await scene.poll(held);
    expect(scene.world.lines).toContainEqual(
      expect.objectContaining({ level: "error", event: "seal_broken", type: "approval-use", task: held.id }),
    );
  });
});
