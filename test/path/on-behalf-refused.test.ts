import { describe, expect, it } from "vitest";
import { FakeService } from "../fakes/world/service.ts";
import { DEPLOYMENT, fakeWorld, URL_OF_HUB } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { NORTH, POLICIES, serve } from "./acting-for-people.ts";

watchWorlds();

const robots = (sub: string) => ({ iss: "https://robots.test", sub });

describe("B2, B3: a person is identified by a fresh token of their own, which names the agent", () => {
  const person = (claims: Readonly<Record<string, unknown>>) => (service: FakeService) =>
    service.exchangeFor(service.world.personToken(claims), NORTH);

  it.each<[string, (service: FakeService) => Promise<{ status: number; body: { code?: unknown } }>, string]>([
    ["may_act is missing (keycloak#50690)", person({ may_act: undefined }), "actor_not_allowed"],
    ["may_act names another agent", person({ may_act: robots("agent:other") }), "actor_not_allowed"],
    [
      "may_act names an agent of another issuer",
      person({ may_act: { iss: "https://mesh.test", sub: "agent:demo" } }),
      "actor_not_allowed",
    ],
    [
      "may_act names no issuer, which is then the person's own",
      person({ may_act: { sub: "agent:demo" } }),
      "actor_not_allowed",
    ],
    ["may_act is empty, which would name everybody", person({ may_act: {} }), "actor_not_allowed"],
    ["may_act has an empty subject", person({ may_act: robots("") }), "actor_not_allowed"],
    [
      "may_act has a member that nobody here stores",
      person({ may_act: { ...robots("agent:demo"), scope: "less" } }),
      "actor_not_allowed",
    ],
    [
      "may_act nests an actor",
      person({ may_act: { ...robots("agent:demo"), act: robots("agent:other") } }),
      "actor_not_allowed",
    ],
    [
      "may_act names several agents by its subject",
      person({ may_act: { iss: "https://robots.test", sub: ["agent:demo", "agent:other"] } }),
      "actor_not_allowed",
    ],
    ["may_act names the agent in capitals", person({ may_act: robots("agent:DEMO") }), "actor_not_allowed"],
    [
      "may_act names an agent of whose name the agent's own is a part",
      person({ may_act: robots("agent:demo-admin") }),
      "actor_not_allowed",
    ],
    ["may_act is a text", person({ may_act: "agent:demo" }), "actor_not_allowed"],
    ["may_act is a list", person({ may_act: [robots("agent:demo")] }), "actor_not_allowed"],
    ["may_act is null", person({ may_act: null }), "actor_not_allowed"],
    [
      "somebody acts in the person's token already (nested act)",
      person({ act: { sub: "agent:other" } }),
      "token_claims",
    ],
    ["the token is for the operators' routes", person({ aud: `${URL_OF_HUB}/operate` }), "token_audience"],
    [
      "the token is for the client of approvals, as a vote is",
      person({ aud: "approvals", nonce: "x" }),
      "token_audience",
    ],
    [
      "the token is for the operators' routes as well",
      person({ aud: [URL_OF_HUB, `${URL_OF_HUB}/operate`] }),
      "token_audience",
    ],
    ["the token is for another service as well", person({ aud: [URL_OF_HUB, "https://else.test"] }), "token_audience"],
    [
      "the token is older than 15 minutes",
      (service) => {
        const token = service.world.personToken({ exp: service.world.nowSeconds() + 3_000 });
        service.world.pass(931);
        return service.exchangeFor(token, NORTH);
      },
      "token_expired",
    ],
    [
      "the person's token was used before",
      async (service) => {
        const token = service.world.personToken();
        await service.exchangeFor(token, NORTH);
        return service.exchangeFor(token, NORTH);
      },
      "token_replayed",
    ],
    [
      "the agent's token was used before",
      async (service) => {
        const actor = { actor_token: service.world.agentToken() };
        await service.exchangeFor(service.world.personToken(), { ...NORTH, ...actor });
        return service.exchangeFor(service.world.personToken(), { ...NORTH, ...actor });
      },
      "token_replayed",
    ],
    [
      "the subject is an agent",
      (service) => service.exchangeFor(service.world.agentToken(), NORTH),
      "delegation_unsupported",
    ],
    [
      "the actor is a person",
      (service) =>
        service.exchangeFor(service.world.personToken(), { ...NORTH, actor_token: service.world.personToken() }),
      "issuer_kind",
    ],
    [
      "the actor is the person of the subject token, by the same token",
      (service) => {
        const token = service.world.personToken();
        return service.exchangeFor(token, { ...NORTH, actor_token: token });
      },
      "issuer_kind",
    ],
    [
      "a task for the person is shown in the person's place (keycloak#52691)",
      async (service) => {
        const { body } = await service.exchangeFor(service.world.personToken(), NORTH);
        return service.exchangeFor(body.access_token ?? "", NORTH);
      },
      "token_malformed",
    ],
    [
      "the actor's token is a task's",
      async (service) => {
        const { body } = await service.exchange(NORTH);
        return service.exchangeFor(service.world.personToken(), { ...NORTH, actor_token: body.access_token ?? "" });
      },
      "token_malformed",
    ],
    [
      "another agent shows the person's token, which names the first (rogue actor, keycloak#50690)",
      (service) => {
        service.world.addAgent({ id: "other" });
        const actor_token = service.world.agentToken({ sub: "agent:other" });
        return service.exchangeFor(service.world.personToken(), { ...NORTH, actor_token });
      },
      "actor_not_allowed",
    ],
    [
      "the actor's token is for the operators' routes",
      (service) =>
        service.exchangeFor(service.world.personToken(), {
          ...NORTH,
          actor_token: service.world.agentToken({ aud: `${URL_OF_HUB}/operate` }),
        }),
      "token_audience",
    ],
    [
      "the actor's token has an actor of its own",
      (service) =>
        service.exchangeFor(service.world.personToken(), {
          ...NORTH,
          actor_token: service.world.agentToken({ act: { sub: "x" } }),
        }),
      "token_claims",
    ],
    [
      "an actor is smuggled into an agent's own token",
      (service) =>
        service.exchange({ ...NORTH, subject_token: service.world.agentToken({ act: { sub: "staff|pat" } }) }),
      "token_claims",
    ],
    [
      "an agent's own token names who may act",
      (service) => service.exchange({ ...NORTH, subject_token: service.world.agentToken({ may_act: { sub: "x" } }) }),
      "token_claims",
    ],
    [
      "a person asks without an agent, with a token that lets one act (keycloak#52691)",
      (service) => service.exchange({ ...NORTH, subject_token: service.world.personToken() }),
      "issuer_kind",
    ],
    [
      "a person sends a request without an agent, with a token that lets nobody act",
      (service) => service.exchange({ ...NORTH, subject_token: service.world.personToken({ may_act: undefined }) }),
      "issuer_kind",
    ],
    ["the token does not list the person's groups", person({ groups: undefined }), "token_claims"],
    [
      "the signature is not the issuer's",
      (service) => service.exchangeFor(`${service.world.personToken().slice(0, -8)}AAAAAAAA`, NORTH),
      "token_signature",
    ],
  ])("refuses where %s", async (_, ask, code) => {
    const service = serve();
    const { status, body } = await ask(service);
    expect([status, body.code]).toEqual([400, code]);
  });

  it.each([
    [undefined, "The person's token has no claim may_act."],
    ["agent:demo", "The claim may_act must be an object."],
    [[robots("agent:demo")], "The claim may_act must be an object."],
    [{ ...robots("agent:demo"), aud: "x" }, "The claim may_act may have the members iss and sub, and no other."],
    [robots(""), "The claim may_act must name its actor by sub, and by iss where it is of another issuer."],
    [robots("agent:other"), "The claim may_act names another actor."],
  ])("names the fault of a may_act of %j", async (mayAct, sentence) => {
    const service = serve();
    const { body } = await service.exchangeFor(service.world.personToken({ may_act: mayAct }), NORTH);
    expect(body.error_description).toContain(sentence);
  });

  it("takes no person of an issuer that is not opened for it", async () => {
    const issuers = DEPLOYMENT.issuers.map(({ onBehalf: _, ...issuer }) => issuer);
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: { ...DEPLOYMENT, issuers } }));
    const { status, body } = await service.exchangeFor(service.world.personToken(), NORTH);
    expect([status, body.code]).toEqual([400, "issuer_kind"]);
  });

  it("takes the person from the token's own person claim", async () => {
    const issuers = DEPLOYMENT.issuers.map((issuer) =>
      issuer.name === "staff" ? { ...issuer, person: "oid" } : issuer,
    );
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: { ...DEPLOYMENT, issuers } }));
    const ask = (claims: object) => service.exchangeFor(service.world.personToken({ ...claims }), NORTH);
    expect((await ask({})).body.code).toBe("token_claims");
    expect((await ask({ oid: "u-1" })).body).toMatchObject({ sub: "staff|u-1" });
  });

  it("a person whose subject differs for each client is one person by their person claim, and another by each sub", async () => {
    const issuers = DEPLOYMENT.issuers.map((issuer) =>
      issuer.name === "staff" ? { ...issuer, person: "oid" } : issuer,
    );
    const service = new FakeService(fakeWorld({ policies: POLICIES, deployment: { ...DEPLOYMENT, issuers } }));
    const ask = (claims: object) => service.exchangeFor(service.world.personToken({ ...claims }), NORTH);
    const [first, second] = [await ask({ oid: "u-1", sub: "client-a" }), await ask({ oid: "u-1", sub: "client-b" })];
    expect([first.body.sub, second.body.sub]).toEqual(["staff|u-1", "staff|u-1"]);
    expect((await ask({ oid: "" })).body.code).toBe("token_claims");
    expect((await ask({ sub: "u-1" })).body.code).toBe("token_claims");
  });

  it("looks at no person's token before the agent is known", async () => {
    const service = serve();
    let verified = 0;
    service.world.ports.tokens.before = () => {
      verified += 1;
    };
    const { body } = await service.exchangeFor(service.world.personToken(), {
      ...NORTH,
      actor_token: service.world.agentToken({ sub: "agent:nobody" }),
    });
    expect([body.code, verified]).toEqual(["agent_unknown", 1]);
  });
});
