import { describe, expect, it } from "vitest";
import { ACCOUNT, DEPLOYMENT } from "../fakes/world/world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

describe("a pool of task roles that is changed while tasks live (I5)", () => {
  /**
   * The roles of a task's leases before and after a change of the pool to this size, and the entries of the task that
   * are still alive in any role once it has ended.
   */
  const afterChange = async (taskRoles: number) => {
    const triggers = new Triggers();
    const { service } = triggers;
    const { ports } = service.world;
    const held = await service.start();
    const before = triggers.roleOf(held);
    const accounts = DEPLOYMENT.accounts.map((account) => ({ ...account, taskRoles }));
    Object.assign(ports, { deployment: { ...DEPLOYMENT, accounts } });
    service.world.pass(11);
    expect((await service.renew(held)).status).toBe(200);
    const after = triggers.roleOf(held);
    await service.complete(held);
    const roles = Array.from({ length: 9 }, (_, index) => ({ account: ACCOUNT, role: `valetkey-task-${index}` }));
    const snapshots = await Promise.all(roles.map((role) => ports.tasks.snapshot(role, service.world.nowSeconds())));
    const alive = snapshots.flatMap(({ entries }) => entries).filter(({ endedAt }) => endedAt === undefined);
    return { before, after, alive };
  };

  it("leaves a task in the role that its sessions have been in, so that its ending is seen there", async () => {
    for (let tries = 0; tries < 8; tries += 1) {
      const { before, after, alive } = await afterChange(9);
      expect(after).toBe(before);
      expect(alive).toEqual([]);
    }
  });

  it("takes it to another where the pool has that role no more: nobody would write what is revoked there", async () => {
    const { after } = await afterChange(1);
    expect(after).toBe("valetkey-task-0");
  });
});
