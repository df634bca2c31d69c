import { describe, expect, it } from "vitest";
import type { ReportedLease } from "../../functions/core/offboarding/report-task.ts";
import { taskPath } from "../../functions/core/task-path.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const leasesOf = async ({ service }: Triggers): Promise<readonly ReportedLease[]> => {
  const { report } = (await service.offboarding()).body as {
    readonly report: { readonly tasks: readonly { readonly leases: readonly ReportedLease[] }[] };
  };
  return report.tasks.flatMap(({ leases }) => leases);
};

/** An agent with live tasks that is being offboarded, and has not been revoked in IAM yet. */
async function leaving(tasks = 2): Promise<Triggers> {
  const triggers = new Triggers();
  for (let n = 0; n < tasks; n += 1) await triggers.service.start();
  await triggers.service.offboard();
  return triggers;
}

describe("the report of an offboarding, of a lease", () => {
  it("has when IAM had its denial, as the receipt does, and leaves its status to the fence", async () => {
    const triggers = await leaving();
    expect(await leasesOf(triggers)).toMatchObject([{ status: "unknown" }, { status: "unknown" }]);
    for (const lease of await leasesOf(triggers)) expect(lease).not.toHaveProperty("denied");
    triggers.service.world.pass(0.4);
    await triggers.relay();
    await triggers.reconcile();
    const leases = await leasesOf(triggers);
    expect(leases).toHaveLength(2);
    for (const lease of leases)
      expect(lease).toMatchObject({
        status: "unknown",
        denied: {
          policy_written_at: expect.stringMatching(/^2026-11-24T12:00:00\.\d{3}Z$/),
          milliseconds: expect.any(Number),
        },
      });
  });

  it("has when AWS was seen to refuse, of the task that a probe watched and of no other", async () => {
    const triggers = await leaving();
    await triggers.relay();
    await triggers.reconcile();
    const { tasks, observations } = triggers.service.world.ports;
    const [path] = [...tasks.tasks.keys()].map((each) => taskPath(each));
    const task = path && (await tasks.read(path));
    const [lease] = task?.leases ?? [];
    if (!task || !lease) throw new Error("no lease");
    const endedAtMs = triggers.service.world.nowSeconds() * 1_000;
    const watched = { path: task.path, account: lease.account, role: lease.role, agent: task.agent, endedAtMs };
    await observations.record(watched, {
      status: "denied",
      answeredAtMs: endedAtMs + 900,
      deniedAtMs: endedAtMs + 1_598,
    });
    const seen = (await leasesOf(triggers)).map(({ denied }) => denied?.observed?.status);
    expect(seen.toSorted()).toEqual(["denied", undefined]);
  });

  it("reads the writes of a role once for all that ended in it at one moment", async () => {
    const triggers = await leaving(20);
    await triggers.relay();
    await triggers.reconcile();
    let reads = 0;
    const { policyWrites } = triggers.service.world.ports;
    const after = policyWrites.after.bind(policyWrites);
    policyWrites.after = async (...given) => {
      reads += 1;
      return after(...given);
    };
    const roles = new Set((await leasesOf(triggers)).map(({ role }) => role));
    // Two for each role: the near ones, and the first that need not name it.
    expect(reads).toBe(2 * roles.size);
  });
});
