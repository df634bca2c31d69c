import { expect, it } from "vitest";
import { intake } from "../../functions/intake/intake.ts";
import { METRICS } from "../../infra/metrics.ts";
import { personsToken, sendConsent, withdrawConsent } from "../fakes/samples/given-consent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld, policiesWith } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";

watchWorlds();

const POLICIES = policiesWith(`
@id("anybody") permit (principal, action == Action::"s3:GetObject", resource is AWS::Resource) when { resource.arn like "arn:aws:s3:::acme-data/reports/*" };
@id("give") permit (principal is User, action == Action::"valetkey:GiveConsent", resource is Agent);
@id("operate") permit (principal is User, action in Action::"valetkey:Operate", resource) when { principal.firstOperator };
`);
const requestFor = (name: string) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: [`arn:aws:s3:::acme-data/${name}`] },
  ]),
});
const NORTH = requestFor("reports/north/*");
/** Id by which the issuer knows the person, and every other claim of its tokens about the person. */
const ID = "8f1c0c1e-person";
const NAMES = {
  ...{ email: "pat.private@acme.test", name: "Pat Private", preferred_username: "pat.private", upn: "patp@corp.test" },
  ...{ given_name: "Patricia", family_name: "Privatus", nickname: "patsy", phone_number: "+15550199" },
};

/** Everything that happens in a person's name: tasks, renewals, sub-agents, fresh tokens, refusals, consents, and the person's end. */
async function everything(): Promise<FakeService> {
  const service = new FakeService(fakeWorld({ policies: POLICIES }));
  const { world } = service;
  const token = (claims: object = {}) => world.personToken({ sub: ID, ...NAMES, ...claims });
  const { body } = await service.exchangeFor(token(), { ...NORTH, task_ttl: "7200" });
  const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
  world.pass(20);
  expect((await service.renew(held)).status).toBe(200);
  expect((await service.exchangeDelegation(await service.delegation(held), NORTH)).status).toBe(200);
  expect((await service.prolong(held, token())).status).toBe(200);
  expect((await service.prolong(held, token({ sub: "other" }))).status).toBe(400);
  expect((await service.exchangeFor(token(), requestFor("private/a"))).status).toBe(403);
  expect((await service.exchangeFor(token({ may_act: {} }), NORTH)).status).toBe(400);
  const given = await sendConsent(service, {}, ID, NAMES);
  expect(given.status).toBe(201);
  expect((await service.exchangeFor(token({ may_act: undefined }), NORTH)).status).toBe(200);
  const own = personsToken(service, ID, NAMES);
  expect((await withdrawConsent(service, String(given.body.id), own)).status).toBe(200);
  await intake(
    {
      ...{
        version: "0",
        id: "11111111-2222-3333-4444-555555555555",
        source: "valetkey.request",
        account: "444455556666",
      },
      ...{ "detail-type": "person.offboard", region: "us-east-1", resources: [] },
      time: new Date(world.ports.clock.nowMs()).toISOString().replace(/\.\d+Z/, "Z"),
      detail: { version: "1", person: `staff|${ID}`, reason: "left", requested_by: "hr" },
    },
    world.ports,
  );
  expect([...world.ports.tasks.tasks.values()].map(({ status }) => status)).not.toContain("active");
  return service;
}

it("no session tag, session name or session policy has a person's id or any claim of a person's token", async () => {
  const { asked: sessions } = (await everything()).world.ports.sessions;
  expect(sessions.filter(({ personTag }) => personTag !== undefined).length).toBeGreaterThan(3);
  const serialised = JSON.stringify(sessions);
  for (const text of [ID, ...Object.values(NAMES)]) expect(serialised).not.toContain(text);
});

it("log lines of agents' requests and of events name no person, and no line has any other claim of a person's token", async () => {
  const { lines, ports } = (await everything()).world;
  const of = (operator: boolean) =>
    JSON.stringify(lines.filter((line) => Object.hasOwn(line, "operator") === operator));
  expect(of(false)).not.toContain(ID);
  // The person who gives or withdraws a consent is the operator of that request.
  expect(of(true)).toContain(`staff|${ID}`);
  const text = JSON.stringify([lines, ports.tasks.events, ports.agents.events]);
  for (const claim of Object.values(NAMES)) expect(text).not.toContain(claim);
  expect(text).toContain(`"on_behalf_of":"staff|${ID}"`);
});

it("no metric has a dimension that can name a person", () => {
  // Codes of refusals are those of their table.
  expect(METRICS.flatMap((metric) => ("by" in metric ? [metric.by] : []))).toEqual(["code"]);
});
