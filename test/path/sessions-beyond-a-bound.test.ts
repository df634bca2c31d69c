import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Detail } from "../../functions/core/intent/detail.ts";
import type { FakeService as Service } from "../fakes/world/service.ts";
import { replaceModule } from "../property/with-changed.ts";
import { reads } from "./acting-for-people.ts";

/** Faults of the decision: each grants more than a bound. */
const faults = { ceiling: false, delegation: false, intent: false };

/** Imports the service over a decision that has the faults. */
async function importBroken() {
  const restored = [
    replaceModule("delegation/within-ceiling", ({ withinCeiling }) => ({
      withinCeiling: (...given) => (faults.ceiling ? given[0] : withinCeiling(...given)),
    })),
    replaceModule("delegation/decide-within", ({ decideWithin }) => ({
      decideWithin: (pair, bounds, ...others) =>
        decideWithin(pair, faults.delegation ? bounds.slice(0, 1) : bounds, ...others),
    })),
    replaceModule("intent/spread-intent", ({ spreadIntent }) => ({
      spreadIntent: (details, ...others) => spreadIntent(faults.intent ? details.map(widened) : details, ...others),
    })),
  ];
  vi.resetModules();
  const [{ FakeService }, { fakeWorld, policiesWith }, { giveConsent }] = await Promise.all([
    import("../fakes/world/service.ts"),
    import("../fakes/world/world.ts"),
    import("../fakes/samples/given-consent.ts"),
  ]);
  for (const restore of restored) restore();
  return { serve: () => new FakeService(fakeWorld({ policies: policiesWith(POLICIES) })), giveConsent };
}

let broken: Awaited<ReturnType<typeof importBroken>>;
beforeAll(async () => {
  broken = await importBroken();
});

const widened = (detail: Detail): Detail =>
  detail.type === "aws" && "resources" in detail
    ? { ...detail, resources: ["arn:aws:s3:::acme-data/reports/*"] }
    : detail;

const POLICIES = `
@id("read") permit (principal, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("give") permit (principal is User, action == Action::"valetkey:GiveConsent", resource is Agent);
`;
const [NORTH, ALL] = [reads("reports/north/*"), reads("reports/*")];
const UNPROVEN = { status: 503, body: { code: "session_policy_unproven" } };
const serve = () => broken.serve();

/** Objection of the last alarm. */
const objectionIn = ({ world }: Service): unknown =>
  JSON.parse(String(world.lines.findLast(({ event }) => event === "session_policy_unproven")?.why)).objection;

afterEach(() => {
  Object.assign(faults, { ceiling: false, delegation: false, intent: false });
});

describe("a session policy of a decision that grants more than a bound is handed out to nobody", () => {
  it("I2: more than the agent wrote", async () => {
    const service = serve();
    expect(await service.exchange(NORTH)).toMatchObject({ status: 200 });
    faults.intent = true;
    for (const mode of ["all", "narrow"]) {
      expect(await service.exchange({ ...NORTH, mode })).toMatchObject(UNPROVEN);
      expect(objectionIn(service)).toBe("beyond the intent");
    }
  });

  it("B1: more than the person's token allows, at the opening and at a renewal", async () => {
    const service = serve();
    const ceiling = JSON.parse(NORTH.authorization_details);
    const token = () => service.world.personToken({ authorization_details: ceiling });
    faults.ceiling = true;
    expect(await service.exchangeFor(token(), ALL)).toMatchObject(UNPROVEN);
    expect(objectionIn(service)).toBe("beyond the ceiling of the token");
    faults.ceiling = false;
    const { body } = await service.exchangeFor(token(), NORTH);
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    service.world.pass(60);
    faults.intent = true;
    faults.ceiling = true;
    expect(await service.renew(held)).toMatchObject(UNPROVEN);
  });

  it("B1: more than the person's consent has", async () => {
    const service = serve();
    await broken.giveConsent(service);
    const ask = (request: typeof NORTH) =>
      service.exchangeFor(service.world.personToken({ may_act: undefined }), request);
    expect(await ask(reads("payroll/*"))).toMatchObject({ status: 403 });
    faults.ceiling = true;
    expect(await ask(reads("payroll/*"))).toMatchObject(UNPROVEN);
    expect(objectionIn(service)).toBe("beyond the ceiling of the consent");
  });

  it("I3: more than the delegation has to a task above, which is granted more by the same fault", async () => {
    const service = serve();
    const child = await service.exchangeDelegation(await service.delegation(await service.start(ALL), NORTH), NORTH);
    const held = { id: child.body.task?.id ?? "", token: child.body.access_token ?? "" };
    const token = await service.delegation(held);
    Object.assign(faults, { intent: true, delegation: true });
    expect(await service.exchangeDelegation(token, ALL)).toMatchObject(UNPROVEN);
    expect(objectionIn(service)).toBe("beyond the delegation");
  });

  it("I3: more than the delegation has", async () => {
    const service = serve();
    const parent = await service.start(ALL);
    expect(await service.exchangeDelegation(await service.delegation(parent, NORTH), ALL)).toMatchObject({
      status: 403,
    });
    faults.delegation = true;
    expect(await service.exchangeDelegation(await service.delegation(parent, NORTH), ALL)).toMatchObject(UNPROVEN);
    expect(objectionIn(service)).toBe("beyond the delegation");
  });
});
