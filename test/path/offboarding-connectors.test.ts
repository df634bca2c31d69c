import { describe, expect, it } from "vitest";
import type { OffboardingReport } from "../../functions/core/offboarding/report-offboarding.ts";
import type { Answer } from "../fakes/world/service.ts";
import { ConnectedWorld, ORDERS, REPORTS } from "../harness/connected-world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

/** Past the last fence, by every clock. */
const ALL_FENCES = 900 + 301;
const reportOf = async (one: ConnectedWorld) => (await one.service.offboarding()).body.report as OffboardingReport;
const credentialIn = (report: OffboardingReport) =>
  report.tasks.flatMap(({ leases }) => leases).find(({ name }) => name === "postgres-0");

function heed(one: ConnectedWorld, { body }: Answer): void {
  for (const { password } of body.credentials ?? []) if (typeof password === "string") one.world.secrets.add(password);
}

describe("the report on an offboarding lists what connectors issued", () => {
  it("as unknown until its provider has confirmed that it is gone, with what was made there, and as revoked from then on", async () => {
    const one = new ConnectedWorld();
    const answer = await one.service.exchange(one.ask(ORDERS, REPORTS));
    heed(one, answer);
    await one.service.offboard();
    const before = await reportOf(one);
    expect(credentialIn(before)).toMatchObject({ type: "postgres", made: { database: "orders" }, status: "unknown" });
    expect(before.totals.leases).toMatchObject({ revoked: 0, unknown: 2 });

    await one.relay();
    await one.revokeLeases();
    const after = credentialIn(await reportOf(one));
    expect(after).toMatchObject({ status: "revoked", at: "2026-11-24T12:00:00Z", evidence: { type: "lease.revoked" } });
  });

  it("an agent is not signed off while one of its leases is still alive, whatever else is over", async () => {
    const one = new ConnectedWorld();
    heed(one, await one.service.exchange(one.ask(ORDERS)));
    await one.service.offboard();
    one.world.pass(ALL_FENCES);
    await one.sweep();
    expect(await reportOf(one)).toMatchObject({
      complete: false,
      totals: { tasks: { revoked: 1 }, leases: { unknown: 1 } },
    });
    await one.relay();
    await one.revokeLeases();
    await one.sweep();
    expect(await reportOf(one)).toMatchObject({ complete: true, totals: { leases: { revoked: 1, unknown: 0 } } });
  });

  it("of a task too that had ended before, without a session, and whose login could not be revoked", async () => {
    const one = new ConnectedWorld();
    const answer = await one.service.exchange(one.ask(ORDERS));
    heed(one, answer);
    const path = answer.body.task?.id ?? "";
    await one.service.complete({ id: path, token: answer.body.access_token ?? "" });
    one.world.pass(ALL_FENCES);
    await one.service.offboard();
    expect((await reportOf(one)).tasks).toMatchObject([
      { task: path, status: "revoked", leases: [{ status: "unknown" }] },
    ]);
    await one.relay();
    await one.revokeLeases();
    await one.service.offboard();
    expect((await reportOf(one)).tasks).toMatchObject([{ task: path, leases: [{ status: "revoked" }] }]);
  });
});
