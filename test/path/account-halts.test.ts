import { describe, expect, it } from "vitest";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { regionNamed } from "../../functions/core/deployment/region.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { perform, type RequestedAct, STEPPING_UP, votedFor } from "../fakes/samples/voted-act.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld, policiesWithPermit } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const LIFT: RequestedAct = { route: "POST /v1/accounts/{account}/lift", account: ACCOUNT };
const HALTED = { status: 403, body: { code: "account_halted" } };

const act = (
  service: FakeService,
  what: "halt" | "lift",
  given: { account?: string; body?: unknown; token?: string } = {},
) =>
  service.operate(`POST /v1/accounts/{account}/${what}` satisfies RouteKey, {
    parameters: { account: given.account ?? ACCOUNT },
    body: "body" in given ? given.body : what === "halt" ? { reason: "a drill" } : undefined,
    ...(given.token === undefined ? {} : { token: given.token }),
  });
const list = (service: FakeService) => service.operate("GET /v1/accounts");
const served = (deployment: Partial<typeof DEPLOYMENT> = {}) =>
  new FakeService(fakeWorld({ deployment: { ...DEPLOYMENT, ...deployment } }));

describe("halting an account", () => {
  it("stops what is issued there, is listed with its reason, and is undone by lifting it", async () => {
    const service = served();
    const held = await service.start();
    service.world.pass(11);
    const halted = { account: ACCOUNT, halted: true, halted_by: "staff|alice", reason: "a drill" };
    expect(await act(service, "halt")).toMatchObject({ status: 200, body: halted });
    expect(await service.exchange()).toMatchObject(HALTED);
    expect(await service.renew(held)).toMatchObject(HALTED);
    const { accounts } = (await list(service)).body as unknown as { readonly accounts: readonly object[] };
    expect(accounts).toHaveLength(DEPLOYMENT.accounts.length);
    expect(accounts).toContainEqual(expect.objectContaining(halted));
    const lifted = { account: ACCOUNT, halted: false, lifted_by: "staff|alice", lifted_at: expect.any(String) };
    expect((await act(service, "lift")).body).toEqual({ ...lifted, region: expect.any(String) });
    expect((await list(service)).body.accounts).toContainEqual(expect.objectContaining(lifted));
    service.world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(await service.exchange()).toMatchObject({ status: 200 });
    const { events } = service.world.ports.accountHalts;
    expect(events.map(({ type, facts }) => [type, facts])).toEqual([
      ["account.halted", { account: ACCOUNT, by: "staff|alice", reason: "a drill" }],
      [
        "account.lifted",
        { account: ACCOUNT, by: "staff|alice", halted_at: expect.any(Number), halted_by: "staff|alice" },
      ],
    ]);
  });

  it("takes no vote where stepUp is on, and lifting takes one that the journal records", async () => {
    const service = new FakeService(fakeWorld({ deployment: STEPPING_UP }));
    expect(await act(service, "halt")).toMatchObject({ status: 200 });
    expect(await act(service, "lift")).toMatchObject({ status: 401, body: { code: "step_up_required" } });
    expect(await service.exchange()).toMatchObject(HALTED);
    const other = { ...LIFT, account: accountId("222233334444") };
    expect(await perform(service, LIFT, votedFor(service.world, other))).toMatchObject({
      status: 400,
      body: { code: "vote_invalid" },
    });
    expect(await perform(service, LIFT)).toMatchObject({ status: 200, body: { halted: false } });
    expect(service.world.ports.accountHalts.events.at(-1)?.facts.step_up).toMatchObject({ keys: expect.any(Object) });
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });

  it("is lifted by nobody where a rule of escalation halts the account anew at the same moment", async () => {
    const service = served();
    await act(service, "halt");
    const { accountHalts } = service.world.ports;
    accountHalts.before = async (method) => {
      if (method !== "lift") return;
      accountHalts.halts.set(ACCOUNT, { account: ACCOUNT, at: service.world.nowSeconds(), by: "escalation:E3:x" });
    };
    expect(await act(service, "lift")).toMatchObject({ status: 503, body: { code: "contended" } });
    expect(await service.exchange()).toMatchObject(HALTED);
  });

  it("takes nothing where no halt is in force: lifting changes nothing, and is recorded by nobody", async () => {
    const service = served({ stepUp: true } as object);
    expect(await act(service, "lift")).toMatchObject({ status: 200, body: { halted: false } });
    expect(service.world.ports.accountHalts.events).toEqual([]);
  });

  it.each([
    ["another account than the hub's", { account: accountId("123456789012") }, "account_not_found"],
    ["a name that is no account's", { account: "__proto__" }, "account_not_found"],
    ["no account", { account: "" }, "account_not_found"],
    ["several", { account: `${ACCOUNT},${ACCOUNT}` }, "account_not_found"],
    ["no reason", { body: {} }, "malformed_request"],
    ["a blank reason", { body: { reason: " " } }, "malformed_request"],
    ["a reason that turns text around", { body: { reason: "a\u202eb" } }, "malformed_request"],
    ["a field more", { body: { reason: "x", at: 0 } }, "malformed_request"],
  ])("is refused for %s", async (_, given, code) => {
    const service = served();
    expect((await act(service, "halt", given)).body.code).toBe(code);
    expect(service.world.ports.accountHalts.halts.size).toBe(0);
  });

  it("is refused, and lifting is, to an operator without the permission, who does not learn which accounts exist", async () => {
    const service = served();
    for (const what of ["halt", "lift"] as const)
      for (const account of [ACCOUNT, "123456789012"])
        expect(
          await act(service, what, { account, token: service.world.operatorToken({ sub: "mallory" }) }),
        ).toMatchObject({
          status: 403,
          body: { code: "operator_denied" },
        });
    expect(
      (await service.operate("GET /v1/accounts", { token: service.world.operatorToken({ sub: "mallory" }) })).status,
    ).toBe(403);
  });
});

describe("I5: an account that retires", () => {
  const retire = (service: FakeService, token?: string) =>
    act(service, "halt", { body: { reason: "closed", retire: true }, ...(token === undefined ? {} : { token }) });

  it("gets nothing, has its tasks ended, and is retired once no session there can be alive", async () => {
    const service = served();
    const held = await service.start();
    const other = await service.start();
    const first = await retire(service);
    expect(first).toMatchObject({ status: 200, body: { halted: true, retires: true, state: "retiring", left: 0 } });
    expect([first.body.ended].flat().toSorted()).toEqual([held.id, other.id].toSorted());
    expect(await service.exchange()).toMatchObject(HALTED);
    service.world.pass(1_499);
    expect((await retire(service)).body).toMatchObject({
      state: "retiring",
      ended_tasks: 0,
      dead_by: first.body.dead_by,
    });
    service.world.pass(2);
    expect((await retire(service)).body).toMatchObject({
      state: "retired",
      ended_tasks: 0,
      dead_by: first.body.dead_by,
    });
    expect(service.world.ports.accountHalts.events).toHaveLength(1);
    expect(service.world.ports.accountHalts.events[0]?.facts).toMatchObject({ retires: true, reason: "closed" });
  });

  it("begins anew where it was halted for another reason, and is undone by lifting the halt", async () => {
    const service = served();
    await act(service, "halt");
    service.world.pass(2_000);
    expect((await retire(service)).body.state).toBe("retiring");
    expect((await act(service, "lift")).body).toMatchObject({ halted: false });
    expect((await list(service)).body.accounts).not.toContainEqual(expect.objectContaining({ retires: true }));
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });

  it("leaves every other account alone", async () => {
    const elsewhere = accountId("444455556666");
    const accounts = [...DEPLOYMENT.accounts, { id: elsewhere, region: regionNamed("eu-central-1"), taskRoles: 2 }];
    const service = served({ accounts });
    const held = await service.start();
    const there = { account: elsewhere, body: { reason: "closed", retire: true } };
    expect((await act(service, "halt", there)).body).toMatchObject({ account: elsewhere, ended: [] });
    service.world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(await service.exchange()).toMatchObject({ status: 200 });
  });

  it("is not for an operator who may halt accounts and not end everything", async () => {
    const policies = policiesWithPermit(
      "halter",
      'permit (principal == User::"staff|hal", action == Action::"valetkey:HaltAccount", resource);',
    );
    const service = new FakeService(fakeWorld({ policies }));
    const held = await service.start();
    const halter = service.world.operatorToken({ sub: "hal" });
    expect(await retire(service, halter)).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect(service.world.ports.accountHalts.halts.size).toBe(0);
    service.world.pass(11);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
    expect(await act(service, "halt", { token: halter })).toMatchObject({ status: 200 });
  });

  it.each([[false], ["true"], [null], [1]])("refuses retire: %j", async (value) => {
    const service = served();
    const { body } = await act(service, "halt", { body: { reason: "x", retire: value } });
    expect(body.code).toBe("malformed_request");
    expect(service.world.ports.accountHalts.halts.size).toBe(0);
  });
});
