import { describe, expect, it } from "vitest";
import { actIn } from "../../../contract/decision/act-link.ts";
import { actHash } from "../../../functions/core/approvals/act-record.ts";
import { sealedConsentOf } from "../../../functions/core/consents/consent.ts";
import type { ApprovalsClient } from "../../../functions/core/identity/issuer.ts";
import {
  aConsent,
  CEILING,
  giveConsent,
  personsToken,
  sendConsent,
  withdrawConsent,
} from "../../fakes/samples/given-consent.ts";
import { actRecord, actToken, perform, votedFor } from "../../fakes/samples/voted-act.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { DEPLOYMENT, fakeWorld, policiesWith } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

const serve = (deployment = DEPLOYMENT) => new FakeService(fakeWorld({ deployment }));
const withApprovals = (changed: Partial<ApprovalsClient>) => ({
  ...DEPLOYMENT,
  issuers: DEPLOYMENT.issuers.map((issuer) =>
    issuer.approvals ? { ...issuer, approvals: { ...issuer.approvals, ...changed } } : issuer,
  ),
});
const given = ({ world }: FakeService) => world.ports.given.consents.size;

describe("a person gives a consent", () => {
  it("by a vote over exactly it, which the exchange seals with everything else of it", async () => {
    const service = serve();
    const { world } = service;
    const consent = aConsent();
    const record = actRecord(world, consent);
    const { nonce, created_at } = record;
    const vote = actToken(world, record, { groups: ["support"] }, "pat");
    const { status, body } = await perform(service, consent, { vote, nonce, created_at }, personsToken(service));
    expect([status, body]).toMatchObject([
      201,
      {
        ...{ status: "live", person: "staff|pat", agent: "demo", purpose: "summarise my reports" },
        ...{ authorization_details: CEILING, record, hash: actHash(record) },
        ...{ created_at: "2026-11-24T12:00:00Z", expires_at: "2026-12-24T12:00:00Z" },
      },
    ]);
    const [stored] = [...world.ports.given.consents.values()];
    if (!stored) throw new Error("nothing is stored");
    expect(await world.ports.seals.isGenuine("consent", sealedConsentOf(stored), stored.seal)).toBe(true);
    expect(JSON.stringify([body, stored])).not.toContain(vote.split(".")[1]);
    expect(world.ports.tasks.events.at(-1)).toMatchObject({
      type: "consent.given",
      facts: {
        ...{ agent: "demo", by: "staff|pat", on_behalf_of: "staff|pat", consent: body.id },
        step_up: { act_sha256: actHash(record), nonce, created_at },
      },
    });
  });

  it("by no token alone: in every deployment the answer names where to sign in for it", async () => {
    const service = serve();
    const { status, body } = await perform(service, aConsent(), "none", personsToken(service));
    expect([status, body.code, body.act]).toEqual([401, "step_up_required", "Let the agent demo act for you"]);
    expect(actIn(new URL(String(body.console)).hash)).toEqual({ path: "/v1/consents", body: aConsent().body });
    expect(given(service)).toBe(0);
  });

  it.each([
    [1, "2026-11-25T12:00:00Z"],
    [90, "2027-02-22T12:00:00Z"],
  ])("for %d days, where they choose that", async (days, expiresAt) => {
    const { body } = await sendConsent(serve(), { days });
    expect(body.expires_at).toBe(expiresAt);
  });

  it.each<readonly [string, ApprovalsClient["freshness"], Readonly<Record<string, unknown>>, string]>([
    ["the class that valetkey.json names, and no time", "acr", { auth_time: undefined, acr: "phr" }, "done"],
    ["another class", "acr", { auth_time: undefined, acr: "pwd" }, "vote_invalid"],
    ["no class", "acr", { auth_time: undefined }, "vote_invalid"],
    ["the class, and an old time", "acr", { auth_time: 1_700_000_000, acr: "phr" }, "vote_invalid"],
    ["its time, of the class", "auth_time", { acr: "phr" }, "done"],
    ["its time, of another class", "auth_time", { acr: "pwd" }, "vote_invalid"],
  ])("by a sign-in that proves %s, where acr is %s", async (_, freshness, claims, code) => {
    const service = serve(withApprovals({ freshness, acr: ["phr"] }));
    expect((await sendConsent(service, {}, "pat", claims)).body.code ?? "done").toBe(code);
    expect(given(service)).toBe(code === "done" ? 1 : 0);
  });

  it("by no sign-in where its class alone proves it, and no class is configured as enough", async () => {
    const service = serve(withApprovals({ freshness: "acr" }));
    const { body } = await sendConsent(service, {}, "pat", { auth_time: undefined, acr: "phr" });
    expect(body.code).toBe("operator_denied");
  });

  it("lists it with their own, and reads it", async () => {
    const service = serve();
    const id = await giveConsent(service);
    const token = personsToken(service);
    const listed = await service.operate("GET /v1/consents", { token });
    expect([listed.status, listed.body]).toMatchObject([200, { consents: [{ id, agent: "demo" }] }]);
    const read = await service.operate("GET /v1/consents/{consent}", { parameters: { consent: id }, token });
    expect([read.status, read.body]).toMatchObject([200, { id, status: "live" }]);
  });

  it("reads when an agent last used it, and nothing of that once it is withdrawn", async () => {
    const service = serve();
    const id = await giveConsent(service);
    const token = personsToken(service);
    const read = async () =>
      (await service.operate("GET /v1/consents/{consent}", { parameters: { consent: id }, token })).body;
    expect(await read()).not.toHaveProperty("last_used_at");
    service.world.pass(60);
    const ceiling = { authorization_details: JSON.stringify(CEILING) };
    await service.exchangeFor(service.world.personToken({ may_act: undefined }), ceiling);
    expect(await read()).toMatchObject({ status: "live", last_used_at: "2026-11-24T12:01:00Z" });
    const { body } = await service.operate("GET /v1/consents", { token });
    expect(body).toMatchObject({ consents: [{ last_used_at: "2026-11-24T12:01:00Z" }] });
    await withdrawConsent(service, id);
    expect(await read()).not.toHaveProperty("last_used_at");
  });

  it("lists nothing that has expired", async () => {
    const service = serve();
    await giveConsent(service, { days: 1 });
    service.world.pass(86_400);
    expect((await service.operate("GET /v1/consents", { token: personsToken(service) })).body).toEqual({
      consents: [],
    });
  });

  it("for an agent a second time once the first has ended, and not before", async () => {
    const service = serve();
    await giveConsent(service, { days: 1 });
    service.world.pass(60);
    const { status, body } = await sendConsent(service);
    expect([status, body.code]).toEqual([409, "consent_exists"]);
    // Nobody signs in for what cannot be given.
    expect((await perform(service, aConsent(), "none", personsToken(service))).body.code).toBe("consent_exists");
    service.world.pass(86_400);
    expect((await sendConsent(service)).status).toBe(201);
  });
});

describe("no consent is made", () => {
  type Case = readonly [string, (service: FakeService) => ReturnType<typeof sendConsent>, string];
  const votedAs =
    (person: string, claims: object = {}) =>
    (service: FakeService) =>
      perform(
        service,
        aConsent(),
        votedFor(service.world, aConsent(), { groups: ["support"], ...claims }, person),
        personsToken(service),
      );

  it.each<Case>([
    ["by the vote of somebody else", votedAs("kim"), "vote_invalid"],
    [
      "by a vote over another hash",
      (service) =>
        perform(
          service,
          aConsent({ days: 90 }),
          votedFor(service.world, aConsent(), { groups: ["support"] }, "pat"),
          personsToken(service),
        ),
      "vote_invalid",
    ],
    [
      "by a vote over another ceiling",
      (service) =>
        perform(
          service,
          aConsent({ authorization_details: [{ ...CEILING[0], resources: ["arn:aws:s3:::acme-data/*"] }] }),
          votedFor(service.world, aConsent(), { groups: ["support"] }, "pat"),
          personsToken(service),
        ),
      "vote_invalid",
    ],
    ["by an old sign-in", votedAs("pat", { auth_time: 1_700_000_000 }), "vote_invalid"],
    ["by a silent sign-in that gives no time", votedAs("pat", { auth_time: undefined }), "vote_invalid"],
    ["by a token that is no vote", votedAs("pat", { aud: "https://valetkey.test/operate" }), "vote_invalid"],
    ["by a token of the agent", votedAs("agent:demo", { iss: "https://robots.test" }), "vote_invalid"],
    [
      "by the agent's own token",
      (service) =>
        perform(service, aConsent(), votedFor(service.world, aConsent(), {}, "pat"), service.world.agentToken()),
      "operator_token_invalid",
    ],
    [
      "by the token that opens tasks for the person",
      (service) =>
        perform(service, aConsent(), votedFor(service.world, aConsent(), {}, "pat"), service.world.personToken()),
      "operator_token_invalid",
    ],
    [
      "where policy does not let the person give one",
      (service) => sendConsent(service, {}, "pat", { groups: [] }),
      "operator_denied",
    ],
    [
      "for an agent that nobody knows, by whom policy lets give one to no such agent",
      (service) => sendConsent(service, { agent: "ghost" }),
      "operator_denied",
    ],
    ["without a ceiling", (service) => sendConsent(service, { authorization_details: undefined }), "intent_invalid"],
    ["with an empty ceiling", (service) => sendConsent(service, { authorization_details: [] }), "intent_invalid"],
    [
      "with a ceiling that nobody reads",
      (service) =>
        sendConsent(service, {
          authorization_details: [
            { ...CEILING[0], resources: Array(80).fill(`arn:aws:s3:::acme-data/${"x".repeat(60)}`) },
          ],
        }),
      "malformed_request",
    ],
    [
      "for an agent by another spelling of its id",
      (service) => sendConsent(service, { agent: "Demo" }),
      "malformed_request",
    ],
    ["without a purpose", (service) => sendConsent(service, { purpose: undefined }), "malformed_request"],
    [
      "with a purpose that hides characters",
      (service) => sendConsent(service, { purpose: "a\u202eb" }),
      "malformed_request",
    ],
    ["for longer than 90 days", (service) => sendConsent(service, { days: 91 }), "malformed_request"],
    ["for no day", (service) => sendConsent(service, { days: 0 }), "malformed_request"],
    ["with a field that nobody here stores", (service) => sendConsent(service, { offline: true }), "malformed_request"],
  ])("%s", async (_, send, code) => {
    const service = serve();
    const { body } = await send(service);
    expect(body.code).toBe(code);
    expect(given(service)).toBe(0);
  });

  it("by a sign-in that was used, even for the same consent once it is withdrawn", async () => {
    const service = serve();
    const vote = votedFor(service.world, aConsent(), { groups: ["support"] }, "pat");
    const { body } = await perform(service, aConsent(), vote, personsToken(service));
    await service.operate("POST /v1/consents/{consent}/withdraw", {
      ...{ parameters: { consent: String(body.id) }, token: personsToken(service) },
    });
    const again = await perform(service, aConsent(), vote, personsToken(service));
    expect(again.body.code).toBe("sign_in_used");
    expect((await service.operate("GET /v1/consents", { token: personsToken(service) })).body).toEqual({
      consents: [],
    });
  });

  it("by a sign-in that was used for an act, or for a vote", async () => {
    const service = serve();
    const person = { issuer: "staff", value: "pat" };
    service.world.ports.ballots.useForAct({ person, signedInAt: service.world.nowSeconds(), nonce: "of an act" });
    expect((await sendConsent(service)).body.code).toBe("sign_in_used");
  });

  it("by people of an issuer for whom no agent acts", async () => {
    const issuers = DEPLOYMENT.issuers.map(({ onBehalf: _, ...issuer }) => issuer);
    const service = serve({ ...DEPLOYMENT, issuers });
    const { body } = await sendConsent(service);
    expect([body.code, body.error_description]).toEqual(["operator_denied", expect.stringContaining("onBehalf")]);
  });

  it("for an agent that is suspended", async () => {
    const everybody = policiesWith(
      `@id("give") permit (principal is User, action == Action::"valetkey:GiveConsent", resource);`,
    );
    const service = new FakeService(fakeWorld({ policies: everybody }));
    service.world.addAgent({ id: "demo", status: "suspended" });
    expect((await sendConsent(service)).body.code).toBe("agent_not_found");
  });
});

describe("a consent of somebody else", () => {
  it("is read and listed by those whom policy permits, and shown to nobody else", async () => {
    const service = serve();
    const id = await giveConsent(service);
    const read = (token: string, consent = id) =>
      service.operate("GET /v1/consents/{consent}", { parameters: { consent }, token });
    const list = (token: string) => service.operate("GET /v1/consents", { query: "person=staff|pat", token });
    const [operator, kim] = [service.world.operatorToken(), personsToken(service, "kim")];
    expect([(await read(operator)).status, (await list(operator)).body]).toMatchObject([200, { consents: [{ id }] }]);
    expect((await read(operator, "0".repeat(32))).body.code).toBe("consent_unknown");
    expect((await read(operator, "no id")).body.code).toBe("consent_unknown");
    for (const consent of [id, "0".repeat(32)]) expect((await read(kim, consent)).body.code).toBe("operator_denied");
    expect((await list(kim)).body.code).toBe("operator_denied");
  });
});
