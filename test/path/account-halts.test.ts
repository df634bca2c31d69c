import { describe, expect, it } from "vitest";
import { FakeService } from "../../fakes/fake-service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld } from "../../fakes/fake-world.ts";
import { type AskedOf, perform, STEPPING_UP, votedFor } from "../../fakes/voted-act.ts";
import type { RouteKey } from "../../functions/routes.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const LIFT: AskedOf = { route: "POST /v1/accounts/{account}/lift", account: ACCOUNT };
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

  it("takes no vote where stepUp is on, and lifting takes one that stands in the journal", async () => {
    const service = new FakeService(fakeWorld({ deployment: STEPPING_UP }));
    expect(await act(service, "halt")).toMatchObject({ status: 200 });
    expect(await act(service, "lift")).toMatchObject({ status: 401, body: { code: "step_up_required" } });
    expect(await service.exchange()).toMatchObject(HALTED);
    const other = { ...LIFT, account: "222233334444" };
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
    ["another account than the hub's", { account: "123456789012" }, "account_not_found"],
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

  it("is refused, and lifting is, to whom policy does not permit it, who is not told which accounts there are", async () => {
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
