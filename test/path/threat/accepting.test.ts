import { describe, expect, it } from "vitest";
import { actIn } from "../../../contract/decision/act-link.ts";
import { actHash } from "../../../functions/core/approvals/act-record.ts";
import type { Agent } from "../../../functions/core/identity/agent.ts";
import { SHAPER_SECONDS } from "../../../functions/core/identity/shapers.ts";
import { sealedAcceptanceOf } from "../../../functions/core/threat/acceptance.ts";
import { THREATS } from "../../fakes/people/acceptances.ts";
import { acceptModel, anAcceptance, inProduction, sendAcceptance } from "../../fakes/samples/accepted-model.ts";
import { actRecord, actToken, perform, votedFor } from "../../fakes/samples/voted-act.ts";
import { type Answer, FakeService } from "../../fakes/world/service.ts";
import { fakeWorld, policiesWithPermit, URL_OF_HUB } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";

watchWorlds();

const serve = (overrides: Parameters<typeof fakeWorld>[0] = {}) =>
  new FakeService(fakeWorld({ deployment: inProduction(), ...overrides }));
const made = ({ world }: FakeService) => world.ports.accepted.acceptances.length;
const tokenOf = ({ world }: FakeService, sub = "kim", groups = ["valetkey-security"]) =>
  world.operatorToken({ sub, groups });

describe("a person accepts the threat model of an agent", () => {
  it("by a vote over exactly its hashes, which the exchange seals with everything else of it", async () => {
    const service = serve();
    const { world } = service;
    const acceptance = anAcceptance(world);
    const record = actRecord(world, acceptance);
    const { nonce, created_at } = record;
    const vote = actToken(world, record, {}, "kim");
    const { status, body } = await perform(service, acceptance, { vote, nonce, created_at }, tokenOf(service));
    expect([status, body]).toMatchObject([
      201,
      {
        ...{ agent: "demo", person: "staff|kim", accepted_at: "2026-11-24T12:00:00Z", covers: true },
        ...{ model: acceptance.body, record, hash: actHash(record) },
      },
    ]);
    const [stored] = world.ports.accepted.acceptances;
    if (!stored) throw new Error("nothing is stored");
    expect(await world.ports.seals.isGenuine("acceptance", sealedAcceptanceOf(stored), stored.seal)).toBe(true);
    expect(JSON.stringify([body, stored])).not.toContain(vote.split(".")[1]);
    expect(world.ports.tasks.events.at(-1)).toMatchObject({
      type: "threat_model.accepted",
      facts: {
        ...{ agent: "demo", by: "staff|kim", acceptance: body.id, model: acceptance.body },
        step_up: { act_sha256: actHash(record), nonce, created_at },
      },
    });
  });

  it("by no token alone: in every deployment the answer names where to sign in for it", async () => {
    const service = serve();
    const acceptance = anAcceptance(service.world);
    const { status, body } = await perform(service, acceptance, "none", tokenOf(service));
    expect([status, body.code, body.act]).toEqual([
      401,
      "step_up_required",
      "Accept the threat model of the agent demo",
    ]);
    expect(actIn(new URL(String(body.console)).hash)).toEqual({
      path: "/v1/agents/demo/threat-model",
      body: acceptance.body,
    });
    expect(made(service)).toBe(0);
  });

  it("is shown with the model as it is deployed, and as stale once that is another", async () => {
    const service = serve();
    const read = async () =>
      (await service.operate("GET /v1/agents/{agent}/threat-model", { parameters: { agent: "demo" } })).body;
    expect(await read()).toMatchObject({ status: "none", acceptances: [], production: ["111122223333"] });
    const { id } = await acceptModel(service);
    expect(await read()).toMatchObject({
      status: "accepted",
      acceptances: [{ id, covers: true, person: "staff|kim" }],
    });
    service.world.ports.accepted.deployed = { ...THREATS, connectors: {} };
    expect(await read()).toMatchObject({ status: "stale", acceptances: [{ id, covers: false }] });
  });
});

describe("no acceptance is made", () => {
  type Send = (service: FakeService) => Promise<Answer>;
  type Case = readonly [string, Send, code: string, says?: RegExp];
  const byPerson = (person: string) => (service: FakeService) => sendAcceptance(service, undefined, person);
  const of =
    (change: Partial<Agent>, person = "kim") =>
    (service: FakeService) => {
      service.world.addAgent({ id: "demo", ...change });
      return byPerson(person)(service);
    };
  const voted =
    (changed: (service: FakeService) => object) =>
    (service: FakeService): Promise<Answer> => {
      const acceptance = anAcceptance(service.world);
      return perform(
        service,
        acceptance,
        { ...votedFor(service.world, acceptance, {}, "kim"), ...changed(service) },
        tokenOf(service),
      );
    };
  const claiming = (claims: object) => voted(({ world }) => votedFor(world, anAcceptance(world), { ...claims }, "kim"));
  const shaped = (by: string, at: number, registered?: true) => ({
    shapers: [
      { by: "staff|registrar", at: 1, registered: true as const },
      { by, at, ...(registered ? { registered } : {}) },
    ],
  });
  const NOW = fakeWorld().nowSeconds();

  const CASES: readonly Case[] = [
    ["by the agent's owner", byPerson("owner"), "operator_denied", /somebody else accepts/],
    ["by the person who registered it", byPerson("registrar"), "operator_denied", /registered the agent/],
    ["by a person who changed it 7 days ago", of(shaped("staff|kim", NOW - SHAPER_SECONDS + 1)), "operator_denied"],
    ["where nobody knows who registered it", of({ shapers: undefined as never }), "operator_denied", /Nobody knows/],
    ["where its owner is an address", of({ owner: "ann@acme.test" }), "operator_denied", /Nobody knows/],
    [
      "by whom policy does not permit it",
      (service) =>
        perform(service, anAcceptance(service.world), "none", tokenOf(service, "eve", ["valetkey-operators"])),
      "operator_denied",
      /AcceptThreatModel/,
    ],
    ["of an agent that is suspended", of({ status: "suspended" }), "agent_not_found"],
    [
      "of an agent that is not there",
      (service) => sendAcceptance(service, anAcceptance(service.world, "nobody")),
      "operator_denied",
    ],
    [
      "of an id that is none",
      (service) => sendAcceptance(service, anAcceptance(service.world, "../demo")),
      "operator_denied",
    ],
    [
      "by the vote of somebody else",
      voted(({ world }) => votedFor(world, anAcceptance(world), {}, "pat")),
      "vote_invalid",
    ],
    [
      "by a vote over another agent's model",
      voted(({ world }) => votedFor(world, anAcceptance(world, "tickets"), {}, "kim")),
      "vote_invalid",
    ],
    [
      "by a vote for another act",
      voted(({ world }) => votedFor(world, { route: "POST /v1/agents/{agent}/offboard", agent: "demo" }, {}, "kim")),
      "vote_invalid",
    ],
    [
      "by a vote for another hub",
      voted(({ world }) => {
        const record = actRecord(world, anAcceptance(world), { hub: `${URL_OF_HUB}/other` });
        return { vote: actToken(world, record, {}, "kim"), nonce: record.nonce, created_at: record.created_at };
      }),
      "vote_invalid",
    ],
    ["by an agent's own token", claiming({ iss: "https://robots.test" }), "vote_invalid"],
    ["by a token of another client", claiming({ aud: `${URL_OF_HUB}/operate` }), "vote_invalid"],
    ["by a sign-in of before", claiming({ auth_time: NOW - 3_600 }), "vote_invalid"],
    ["by a token that proves no sign-in", claiming({ auth_time: undefined }), "vote_invalid"],
  ];
  it.each(CASES.map(([what, send, code, says = /./]) => ({ what, send, code, says })))("$what", async (each) => {
    const { send, code, says } = each;
    const service = serve();
    const { body } = await send(service);
    expect([body.code, made(service)]).toEqual([code, 0]);
    expect(body.error_description).toMatch(says);
  });

  it("by a sign-in that was used before, for this or for another act", async () => {
    const service = serve();
    await acceptModel(service);
    expect((await sendAcceptance(service)).body.code).toBe("sign_in_used");
    expect(made(service)).toBe(1);
  });

  it("by the vote that made one before: it is replayed against a registration that came back", async () => {
    const service = serve();
    const { world } = service;
    const acceptance = anAcceptance(world);
    const vote = votedFor(world, acceptance, {}, "kim");
    expect((await perform(service, acceptance, vote, tokenOf(service))).status).toBe(201);
    world.pass(60);
    expect((await perform(service, acceptance, vote, tokenOf(service))).body.code).toBe("sign_in_used");
    world.pass(600);
    expect((await perform(service, acceptance, vote, tokenOf(service))).body.code).toBe("vote_invalid");
    expect(made(service)).toBe(1);
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ["the registration", { registration: "0".repeat(64) }],
    ["the reach, as of an older bundle", { reach: { "team:demo": "c".repeat(64) } }],
    ["the reach, with a part more", { reach: { "team:demo": "d".repeat(64), everybody: "c".repeat(64) } }],
    ["the reach, with a part less", { reach: {} }],
    ["the connectors", { connectors: {} }],
    ["the deployment", { deployment: {} }],
  ])("where %s is not what is deployed", async (_what, changed) => {
    const service = serve();
    const { status, body } = await sendAcceptance(service, anAcceptance(service.world, "demo", changed));
    expect([status, body.code, made(service)]).toEqual([409, "threat_model_differs", 0]);
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ["no registration", { registration: undefined }],
    ["a hash that is none", { registration: "abc" }],
    ["a list of hashes", { reach: ["d".repeat(64)] }],
    ["a hash of numbers", { reach: { "team:demo": 5 } }],
    [
      "too many hashes",
      { connectors: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`c${n}`, "d".repeat(64)])) },
    ],
    ["no hashes of the deployment", { deployment: undefined }],
    ["another field", { agent: "tickets" }],
  ])("of a body with %s", async (_what, changed) => {
    const service = serve();
    const { body } = await sendAcceptance(service, anAcceptance(service.world, "demo", changed));
    expect([body.code, made(service)]).toEqual(["malformed_request", 0]);
  });

  it("by an operator: the operation is in no group", async () => {
    const everything = 'permit (principal, action in Action::"valetkey:Operate", resource);';
    const service = serve({ policies: policiesWithPermit("everything", everything) });
    const { body } = await perform(
      service,
      anAcceptance(service.world),
      "none",
      service.world.operatorToken({ sub: "eve" }),
    );
    expect(body.code).toBe("operator_denied");
  });
});

describe("an acceptance that races a change of the agent", () => {
  it("holds for the registration that was accepted, and for no other", async () => {
    const service = serve();
    const { accepted, agents } = service.world.ports;
    accepted.before = (method) => {
      const before = agents.agents.get("demo");
      if (method === "give" && before) agents.agents.set("demo", { ...before, labels: ["deployer"] });
    };
    await acceptModel(service);
    expect((await service.exchange()).body.code).toBe("threat_model_unaccepted");
  });

  it("does not let a task live whose agent is changed between the decision and the record", async () => {
    const service = serve();
    const { tasks, agents } = service.world.ports;
    await acceptModel(service);
    tasks.before = (method) => {
      const before = agents.agents.get("demo");
      if (method === "open" && before) agents.agents.set("demo", { ...before, owner: "staff|carol" });
    };
    expect((await service.exchange()).body.code).toBe("agent_changed");
  });
});
