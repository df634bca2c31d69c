import { describe, expect, it } from "vitest";
import { takesCode } from "../../../contract/decision/act-in-words.ts";
import { actHash } from "../../../functions/core/approvals/act-record.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { keyOf, ROUTES } from "../../../functions/routes.ts";
import { anAcceptance } from "../../fakes/samples/accepted-model.ts";
import { aConsent, giveConsent, personsToken } from "../../fakes/samples/given-consent.ts";
import { actRecord, actToken, perform, type RequestedAct, STEPPING_UP } from "../../fakes/samples/voted-act.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { DEPLOYMENT, fakeWorld } from "../../fakes/world/world.ts";
import { STEP_UP } from "../../harness/votes-of-routes.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

type Json = Readonly<Record<string, unknown>>;

const REDIRECT = "https://console.valetkey.test/callback";
const hubRedeems = (deployment: Deployment = DEPLOYMENT): Deployment => ({
  ...deployment,
  issuers: deployment.issuers.map((issuer) =>
    issuer.approvals
      ? { ...issuer, approvals: { ...issuer.approvals, tokenExchange: "hub", secret: "approvals/client" } as const }
      : issuer,
  ),
});
const serve = (deployment: Deployment = hubRedeems()) => new FakeService(fakeWorld({ deployment }));
const given = ({ world }: FakeService) => world.ports.given.consents.size;
const redeemed = ({ world }: FakeService) => world.ports.codes.asked.length;

/** Signs in for an act; the code of the sign-in, as the page sends it. */
function codeFor({ world }: FakeService, asked: RequestedAct, person = "pat", changed: Json = {}): Json {
  const record = actRecord(world, asked);
  world.ports.codes.tokens.set("code", actToken(world, record, { groups: ["support", "valetkey-security"] }, person));
  const { nonce, created_at } = record;
  return { code: "code", code_verifier: "verifier", redirect_uri: REDIRECT, nonce, created_at, ...changed };
}
const send = (service: FakeService, by: Json, asked = aConsent(), person = "pat", claims: Json = {}) =>
  perform(service, asked, by, personsToken(service, person, claims));

describe("a consent of a person whose codes the hub redeems", () => {
  it("is made of the code, which the exchange redeems; the token reaches nobody", async () => {
    const service = serve();
    const by = codeFor(service, aConsent());
    const token = service.world.ports.codes.tokens.get("code") ?? "";
    const { status, body } = await send(service, by);
    expect([status, body.status, given(service)]).toEqual([201, "live", 1]);
    expect(service.world.ports.codes.asked).toEqual([
      { issuer: "staff", code: "code", verifier: "verifier", redirectUri: REDIRECT },
    ]);
    const [stored] = [...service.world.ports.given.consents.values()];
    expect(stored && actHash(stored.act)).toBe(body.hash);
    for (const secret of [token.split(".")[1], '"code"', "verifier"])
      expect(JSON.stringify([body, stored, service.world.lines, service.world.ports.tasks.events])).not.toContain(
        secret,
      );
  });

  it("lets the agent act for the person, as every consent", async () => {
    const service = serve();
    await send(service, codeFor(service, aConsent()));
    const request = { authorization_details: JSON.stringify(aConsent().body.authorization_details) };
    const { body } = await service.exchangeFor(service.world.personToken({ may_act: undefined }), request);
    expect(body).toMatchObject({ sub: "staff|pat", act: { sub: "demo" } });
  });

  it.each<readonly [string, (service: FakeService) => ReturnType<typeof send>, string, number]>([
    ["a code of another person's sign-in", (s) => send(s, codeFor(s, aConsent(), "kim")), "vote_invalid", 1],
    ["a code of a sign-in for another consent", (s) => send(s, codeFor(s, aConsent({ days: 90 }))), "vote_invalid", 1],
    [
      "a code of a sign-in for another moment",
      (s) => send(s, codeFor(s, aConsent(), "pat", { created_at: s.world.nowSeconds() - 60 })),
      "vote_invalid",
      1,
    ],
    [
      "a code that the issuer does not know",
      (s) => send(s, codeFor(s, aConsent(), "pat", { code: "x" })),
      "vote_invalid",
      1,
    ],
    [
      "another address than the console's",
      (s) => send(s, codeFor(s, aConsent(), "pat", { redirect_uri: "http://127.0.0.1:9/callback" })),
      "malformed_request",
      0,
    ],
    ["a code beside a token", (s) => send(s, codeFor(s, aConsent(), "pat", { vote: "a.b.c" })), "malformed_request", 0],
    [
      "a code and no verifier",
      (s) => send(s, codeFor(s, aConsent(), "pat", { code_verifier: undefined })),
      "malformed_request",
      0,
    ],
    [
      "a record that is too old",
      (s) => send(s, codeFor(s, aConsent(), "pat", { created_at: s.world.nowSeconds() - 600 })),
      "vote_invalid",
      0,
    ],
    [
      "a person whom policy does not let give one",
      (s) => send(s, codeFor(s, aConsent()), aConsent(), "pat", { groups: [] }),
      "operator_denied",
      0,
    ],
    [
      "no active agent",
      (s) => send(s, codeFor(s, aConsent({ agent: "nobody" })), aConsent({ agent: "nobody" })),
      "operator_denied",
      0,
    ],
    [
      "the token that opens tasks for the person",
      (s) => perform(s, aConsent(), codeFor(s, aConsent()), s.world.personToken()),
      "operator_token_invalid",
      0,
    ],
  ])("is not made by %s, and a code is redeemed for nothing that was refused before", async (_, ask, code, codes) => {
    const service = serve();
    const { body } = await ask(service);
    expect([body.code, given(service), redeemed(service)]).toEqual([code, 0, codes]);
  });

  it("is not requested of the issuer where one lives, and not made twice by one code", async () => {
    const service = serve();
    const by = codeFor(service, aConsent());
    const id = String((await send(service, by)).body.id);
    expect((await send(service, by)).body.code).toBe("consent_exists");
    service.world.ports.given.live.clear();
    expect((await send(service, by)).body.code).toBe("vote_invalid");
    expect([given(service), redeemed(service), id.length]).toEqual([1, 2, 32]);
  });

  it("waits for an issuer that is down, and nothing is made", async () => {
    const service = serve();
    const by = codeFor(service, aConsent());
    service.world.ports.codes.redeem = async () => {
      throw new Refusal("issuer_unreachable");
    };
    const { status, body } = await send(service, by);
    expect([status, body.code, given(service)]).toEqual([503, "issuer_unreachable", 0]);
  });

  it("takes the token itself, too: who redeemed the code proves nothing", async () => {
    const service = serve();
    await giveConsent(service);
    expect([given(service), redeemed(service)]).toEqual([1, 0]);
  });

  it("takes no code where the page redeems it", async () => {
    const service = serve(DEPLOYMENT);
    const { body } = await send(service, codeFor(service, aConsent()));
    expect([body.code, redeemed(service)]).toEqual(["malformed_request", 0]);
  });
});

describe("other acts of people whose codes the hub redeems", () => {
  it("an acceptance of a threat model is made of the code", async () => {
    const service = serve();
    const acceptance = anAcceptance(service.world);
    const token = personsToken(service, "kim", { groups: ["valetkey-security"] });
    const { status } = await perform(service, acceptance, codeFor(service, acceptance, "kim"), token);
    expect([status, redeemed(service)]).toEqual([201, 1]);
  });

  it.each([
    ["of such an issuer", hubRedeems(STEPPING_UP), "operator_denied"],
    ["of another issuer", STEPPING_UP, "malformed_request"],
  ])(
    "an operator's act takes no code %s: the functions that act have no client's secret",
    async (_, deployment, code) => {
      const service = serve(deployment);
      const resume: RequestedAct = { route: "POST /v1/agents/{agent}/resume", agent: "demo" };
      await service.suspend();
      const { body } = await perform(service, resume, codeFor(service, resume, "alice"));
      expect([body.code, redeemed(service)]).toEqual([code, 0]);
    },
  );

  it("the page sends codes for the acts that the exchange performs, and for no other", () => {
    const acts = ROUTES.filter((route) => "permission" in route && route.method === "POST").filter((route) => {
      const row = (STEP_UP as Readonly<Record<string, string>>)[keyOf(route)];
      return row !== undefined && row !== "never";
    });
    for (const route of acts)
      expect([route.path, takesCode({ path: route.path.replace(/\{\w+\}/, "demo-1") })]).toEqual([
        route.path,
        route.function === "exchange",
      ]);
    expect(acts.filter((route) => route.function === "exchange")).toHaveLength(2);
  });
});
