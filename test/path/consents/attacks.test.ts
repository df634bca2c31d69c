import { beforeEach, describe, expect, it } from "vitest";
import { giveConsent, withdrawConsent } from "../../fakes/samples/given-consent.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, policiesWith } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

const POLICIES = policiesWith(`
@id("agents") permit (principal is Agent, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("people") permit (principal is User, action == Action::"s3:GetObject", resource is AWS::Resource)
when { resource.arn like "arn:aws:s3:::acme-data/*" };
@id("give") permit (principal is User, action == Action::"valetkey:GiveConsent", resource is Agent);
`);
const reads = (name: string) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::acme-data/${name}`] },
  ]),
});
const NORTH = reads("reports/north/*");

let service: FakeService;
beforeEach(() => {
  service = new FakeService(fakeWorld({ policies: POLICIES }));
  service.world.addAgent({ id: "helper" });
});
const asPat = (claims: object = {}) => service.world.personToken({ may_act: undefined, ...claims });
const asHelper = () => ({ actor_token: service.world.agentToken({ sub: "agent:helper" }) });
const active = () => [...service.world.ports.tasks.tasks.values()].filter(({ status }) => status === "active");
/** Starts a task under a consent of Pat. */
async function started() {
  const id = await giveConsent(service);
  const { body } = await service.exchangeFor(asPat(), NORTH);
  return { id, held: { id: body.task?.id ?? "", token: body.access_token ?? "" } };
}

describe("under a person's consent", () => {
  it("a token of the person that one agent has used is used for every other agent, consents or not", async () => {
    await giveConsent(service);
    service.world.pass(1);
    await giveConsent(service, { agent: "helper" });
    const token = asPat();
    expect((await service.exchangeFor(token, NORTH)).status).toBe(200);
    expect((await service.exchangeFor(token, { ...NORTH, ...asHelper() })).body.code).toBe("token_replayed");
    expect(active()).toHaveLength(1);
  });

  it("a sub-agent gets nothing beyond the ceiling, though policy permits it and the person more", async () => {
    const { held } = await started();
    const delegation = await service.delegation(held);
    for (const wider of ["reports/south/*", "reports/*", "*"])
      expect((await service.exchangeDelegation(delegation, reads(wider))).body.code).toBe("policy_denied");
    expect(active()).toHaveLength(1);
  });

  it("a sub-agent cannot choose for whom it acts: another person's token beside the delegation changes nothing", async () => {
    const { held } = await started();
    const kims = service.world.personToken({ sub: "kim", may_act: undefined });
    const delegation = await service.delegation(held);
    const { body } = await service.exchangeDelegation(delegation, {
      ...NORTH,
      requested_actor: kims,
      person_token: kims,
    });
    expect(body.sub === undefined || body.sub === "staff|pat").toBe(true);
    expect(active().map(({ onBehalf }) => onBehalf?.value)).not.toContain("kim");
  });

  it("a sub-agent opens nothing of its own by the person's token, which names nobody", async () => {
    await started();
    const { body } = await service.exchangeFor(asPat(), { ...NORTH, ...asHelper() });
    expect(body.code).toBe("actor_not_allowed");
  });

  it("a sub-agent's task that is being opened while the person withdraws does not live", async () => {
    const { id, held } = await started();
    const delegation = await service.delegation(held);
    const { tasks } = service.world.ports;
    let withdrawn = false;
    tasks.before = async (method) => {
      if (method !== "open") return;
      tasks.before = () => undefined;
      withdrawn = true;
      expect((await withdrawConsent(service, id)).status).toBe(200);
    };
    const { body } = await service.exchangeDelegation(delegation, NORTH);
    expect([withdrawn, body.code]).toEqual([true, "delegation_token_invalid"]);
    expect(active()).toEqual([]);
  });
});
