import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { intake } from "../../functions/intake/intake.ts";
import { ACCOUNT, DEPLOYMENT } from "../fakes/world/world.ts";
import { bodyOf, Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const MANAGEMENT = "777788889999";
const ELSEWHERE = "444455556666";
type Fields = Readonly<Record<string, unknown>>;

/** Functions behind the triggers, of a deployment with organisational units. */
function inUnits(organization: object | undefined = { management: MANAGEMENT }): Triggers {
  const triggers = new Triggers();
  Object.assign(triggers.service.world.ports, { deployment: { ...DEPLOYMENT, organization } });
  return triggers;
}

/** Event of the management account that the account has left, with what is given over it. */
const departure = ({ service }: Triggers, changed: Fields = {}, detail: Fields = {}): Fields => ({
  ...{ version: "0", id: randomUUID(), "detail-type": "AWS Service Event via CloudTrail", source: "aws.organizations" },
  ...{ account: MANAGEMENT, time: new Date(service.world.nowSeconds() * 1_000).toISOString(), region: "us-east-1" },
  detail: {
    eventName: "AccountDepartedOrganization",
    serviceEventDetails: { accountId: ACCOUNT, departureMethod: "LEFT" },
    ...detail,
  },
  ...changed,
});
const take = (triggers: Triggers, event: unknown) => intake(event, triggers.service.world.ports);
const HALTED = { status: 403, body: { code: "account_halted" } };

describe("I5: an account that leaves the organisation", () => {
  it("gets nothing any more, has its tasks ended and revoked, and rings", async () => {
    const triggers = inUnits();
    const { service } = triggers;
    const held = await service.start();
    await take(triggers, departure(triggers));
    expect(await service.exchange()).toMatchObject(HALTED);
    expect(service.world.ports.tasks.tasks.get(held.id)?.status).toBe("revoked");
    expect(triggers.line("account_departed")).toMatchObject({ level: "error", account: ACCOUNT });
    expect((await service.operate("GET /v1/accounts")).body.accounts).toContainEqual(
      expect.objectContaining({ account: ACCOUNT, retires: true, halted_by: "organization" }),
    );
    const halts = service.world.ports.tasks.events.filter(({ type }) => type === "account.halted");
    expect(halts.map(({ facts }) => facts)).toEqual([expect.objectContaining({ account: ACCOUNT, retires: true })]);
    await triggers.relay();
    await triggers.reconcile();
    expect(triggers.textFor(held)).toContain(held.id);
  });

  it("is recorded once in the journal, however often the event comes", async () => {
    const triggers = inUnits();
    const event = departure(triggers);
    await take(triggers, event);
    await take(triggers, event);
    const { events } = triggers.service.world.ports.tasks;
    expect(events.filter(({ type }) => type === "account.halted")).toHaveLength(1);
  });

  it("is not halted anew by an old event, once a person has lifted the halt", async () => {
    const triggers = inUnits();
    const event = departure(triggers);
    await take(triggers, event);
    triggers.service.world.pass(60);
    await triggers.service.operate("POST /v1/accounts/{account}/lift", { parameters: { account: ACCOUNT } });
    await take(triggers, event);
    expect(await triggers.service.exchange()).toMatchObject({ status: 200 });
  });

  it.each<[string, Fields, Fields, string]>([
    ["another account", { account: ELSEWHERE }, {}, "not_a_publisher"],
    ["the account itself", { account: ACCOUNT }, {}, "not_a_publisher"],
    ["the hub", { account: "999900001111" }, {}, "not_a_publisher"],
    ["an archive", { "replay-name": "again" }, {}, "replayed"],
    ["the day before yesterday", { time: "2020-01-01T00:00:00Z" }, {}, "late"],
    ["nobody knows whom", {}, { serviceEventDetails: {} }, "malformed"],
    ["two accounts", {}, { requestParameters: { accountId: ELSEWHERE } }, "malformed"],
    ["an account that is a list", {}, { serviceEventDetails: { accountId: [ACCOUNT] } }, "malformed"],
    ["nobody at all", { id: undefined }, {}, "malformed"],
  ])("is not believed of %s", async (_, changed, detail, why) => {
    const triggers = inUnits();
    await take(triggers, departure(triggers, changed, detail));
    expect(await triggers.service.exchange()).toMatchObject({ status: 200 });
    expect(triggers.line("event_refused")).toMatchObject({ level: "error", why });
  });

  it.each([[undefined], [{}]])(
    "is not believed where no management account is configured: %j",
    async (organization) => {
      const triggers = inUnits(organization);
      if (organization === undefined) Object.assign(triggers.service.world.ports, { deployment: DEPLOYMENT });
      await take(triggers, departure(triggers));
      expect(triggers.line("event_refused")).toMatchObject({ why: "not_a_publisher" });
      expect(await triggers.service.exchange()).toMatchObject({ status: 200 });
    },
  );

  it.each<[string, Fields]>([
    ["that joins", { eventName: "AccountJoinedOrganization" }],
    ["that is not listed", { serviceEventDetails: { accountId: ELSEWHERE } }],
  ])("no event gives anything: an account %s is a line in the log", async (_, detail) => {
    const triggers = inUnits();
    await take(triggers, departure(triggers, {}, detail));
    expect(triggers.line("account_event_ignored")).toMatchObject({ level: "info" });
    expect(triggers.service.world.ports.accountHalts.halts.size).toBe(0);
    expect(await triggers.service.exchange()).toMatchObject({ status: 200 });
  });
});

describe("I5: an account of the units that was taken out with keys alive", () => {
  it("has its endings revoked all the same, loudly, for as long as anything there can live", async () => {
    const triggers = inUnits();
    const held = await triggers.service.start();
    const role = { account: ACCOUNT, role: triggers.roleOf(held) };
    Object.assign(triggers.service.world.ports, { deployment: { ...DEPLOYMENT, accounts: [], organization: {} } });
    await triggers.service.complete(held);
    await triggers.relay();
    await triggers.reconcile();
    expect(triggers.textFor(held)).toContain(held.id);
    expect(triggers.line("role_not_kept")).toMatchObject({ level: "error", ...role });
    triggers.service.world.pass(900 + 301);
    const before = triggers.revocations.writes.length;
    await triggers.reconcile([bodyOf(role)]);
    expect(triggers.revocations.writes).toHaveLength(before);
  });
});
