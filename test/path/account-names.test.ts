import { describe, expect, it } from "vitest";
import { approverToken, askForApproval } from "../fakes/samples/asked-approval.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const NAMES = { [ACCOUNT]: "Payments" };

/** World whose accounts have names. */
function named() {
  const world = fakeWorld();
  const { deployment } = world.ports;
  const accounts = deployment.accounts.map((each) => ({ ...each, name: each.id === ACCOUNT ? "Payments" : "Other" }));
  Object.assign(world.ports, { deployment: { ...deployment, accounts } });
  return { world, service: new FakeService(world) };
}

describe("names of accounts", () => {
  it("are in the lists and the tree of tasks, for the shown accounts alone", async () => {
    const { service } = named();
    expect((await service.operate("GET /v1/tasks")).body).toEqual({ tasks: [] });
    const { id } = await service.start();
    for (const query of ["", "agent=demo", `task=${id}`, `tree=${id}`])
      expect((await service.operate("GET /v1/tasks", { query })).body).toMatchObject({ account_names: NAMES });
  });

  it("are beside the record of a request, and not in it", async () => {
    const { world, service } = named();
    const { id, hash, record } = await askForApproval(world, { accounts: [ACCOUNT] });
    const parameters = { approval: id };
    const { body } = await service.operate("GET /v1/approvals/{approval}", { parameters, token: approverToken(world) });
    expect(body).toMatchObject({ account_names: NAMES, hash });
    expect(body.record).toEqual({ ...record });
    expect(JSON.stringify(body.record)).not.toContain("Payments");
  });

  it("are in the list of accounts", async () => {
    const { accounts } = (await named().service.operate("GET /v1/accounts")).body as { accounts: readonly object[] };
    expect(accounts).toContainEqual(expect.objectContaining({ account: ACCOUNT, name: "Payments" }));
  });
});
