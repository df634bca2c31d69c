import { describe, expect, it } from "vitest";
import type { HeldCondition } from "../../../functions/core/conditions/held-condition.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, permitting } from "./approving.ts";

watchWorlds();

const unlessFrozen = permitting('@approval("sre")', "s3:GetObject", 'resource.service == "s3"').replace(
  ";",
  ' unless { context.conditions.contains("change-freeze") };',
);
const freeze = ({ world }: ApprovalScene): HeldCondition => ({
  ...{ name: "change-freeze", scope: "hub", until: world.nowSeconds() + 600, at: world.nowSeconds() },
  ...{ by: "staff|alice", reason: "a drill" },
});

describe("an approval that is used while a condition restricts", () => {
  it("is void where the condition was known before its use", async () => {
    const scene = new ApprovalScene([unlessFrozen]);
    const held = await scene.waiting();
    await scene.vote(held);
    scene.world.ports.setConditions.put("restricts", freeze(scene));
    scene.world.pass(6);
    expect(await scene.poll(held)).toMatchObject({ status: 403, body: { code: "approval_void" } });
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("hands out nothing where the condition came between the decision and the use", async () => {
    const scene = new ApprovalScene([unlessFrozen]);
    const held = await scene.waiting();
    await scene.vote(held);
    scene.world.ports.setConditions.put("restricts", freeze(scene));
    // The process still knows the set of the request, in which nothing held.
    expect(await scene.poll(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("is used where policy decides alike with the condition", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre")')]);
    const held = await scene.waiting();
    await scene.vote(held);
    scene.world.ports.setConditions.put("restricts", freeze(scene));
    expect(await scene.poll(held)).toMatchObject({ status: 200 });
  });
});
