import { describe, expect, it } from "vitest";
import { ACCOUNT } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene } from "./approving.ts";

watchWorlds();

const halt = ({ world }: ApprovalScene) =>
  world.ports.accountHalts.halt({ account: ACCOUNT, at: world.nowSeconds(), by: "escalation:E3:x" });
const HALTED = { status: 403, body: { code: "account_halted" } };

/** Scene whose request was approved. */
async function approved() {
  const scene = new ApprovalScene();
  const held = await scene.waiting();
  await scene.vote(held);
  const uses = () => scene.world.ports.ballots.uses.get(held.approval) ?? [];
  return { scene, held, uses };
}

describe("an approval for a halted account", () => {
  it("is not used up: nothing is issued while the account is halted, and it is used once the halt is lifted", async () => {
    const { scene, held, uses } = await approved();
    await halt(scene);
    expect(await scene.poll(held)).toMatchObject(HALTED);
    expect(await scene.service.renew(held)).toMatchObject(HALTED);
    expect(uses()).toEqual([]);
    scene.world.ports.accountHalts.halts.clear();
    expect(await scene.poll(held)).toMatchObject({ status: 200 });
    expect(uses()).toHaveLength(1);
  });

  it("is not used up by a halt that comes between the look and the record", async () => {
    const { scene, held, uses } = await approved();
    let times = 0;
    scene.world.ports.ballots.before = async (method) => {
      if (method === "use" && times++ === 0) await halt(scene);
    };
    expect(await scene.poll(held)).toMatchObject(HALTED);
    expect([times, uses()]).toEqual([1, []]);
  });

  it("is used up by a halt that comes after the record, and nothing is handed out: the halt wins", async () => {
    const { scene, held, uses } = await approved();
    let reads = 0;
    scene.world.ports.accountHalts.before = async (method) => {
      if (method !== "read") return;
      reads += 1;
      if (reads === 2) await halt(scene);
    };
    expect(await scene.poll(held)).toMatchObject(HALTED);
    expect(uses()).toHaveLength(1);
    expect([...scene.world.ports.accountHalts.halts.keys()]).toEqual([ACCOUNT]);
  });
});
