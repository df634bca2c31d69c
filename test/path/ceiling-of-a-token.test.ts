import { describe, expect, it } from "vitest";
import { ACCOUNT } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { NORTH, reads, serve } from "./acting-for-people.ts";

watchWorlds();

const ceiling = (name: string, more: object = {}) => ({
  authorization_details: [
    {
      type: "aws",
      account: ACCOUNT,
      actions: ["s3:GetObject"],
      resources: [`arn:aws:s3:::acme-data/${name}`],
      ...more,
    },
  ],
});

const LONG = Array.from({ length: 15 }, (_, n) => `arn:aws:s3:::acme-data/${n}/${"x".repeat(400)}`);

describe("a person's token with authorization_details lets the agent act within them (RFC 9396, B1)", () => {
  const service = serve();
  const { world } = service;
  const ask = (claims: object, request: Readonly<Record<string, string>> = NORTH) =>
    service.exchangeFor(world.personToken({ ...claims }), request);

  it("grants what lies within them", async () => {
    const { status, body } = await ask(ceiling("reports/north/*"));
    expect([status, body.authorization_details]).toMatchObject([
      200,
      [{ resources: ["arn:aws:s3:::acme-data/reports/north/*"] }],
    ]);
  });

  it("denies what policy permits both and they do not allow, and names the reason", async () => {
    const { status, body } = await ask(ceiling("reports/north/*"), reads("reports/south/*"));
    expect([status, body.code, body.denials?.[0]]).toMatchObject([
      ...[403, "policy_denied"],
      {
        reason: "The person's token does not allow it.",
        hint: "Ask for less, or have the person sign in for more.",
      },
    ]);
  });

  it("grants of a narrow request the part within them", async () => {
    const { body } = await ask(ceiling("reports/north/a/*"), { ...NORTH, mode: "narrow" });
    expect(body.authorization_details).toMatchObject([{ resources: ["arn:aws:s3:::acme-data/reports/north/a/*"] }]);
  });

  it("grants under the conditions that they state", async () => {
    const { asked } = world.ports.sessions;
    asked.length = 0;
    const conditions = { Bool: { "aws:SecureTransport": ["true"] } };
    expect((await ask(ceiling("reports/north/*", { conditions }))).status).toBe(200);
    const [policy = ""] = asked.map((each) => each.policy);
    expect(JSON.parse(policy).Statement[0].Condition).toMatchObject({ Bool: { "aws:SecureTransport": "true" } });
  });

  it("grants no more than policy permits, however much they allow", async () => {
    expect((await ask(ceiling("*"), reads("private/*"))).body.code).toBe("policy_denied");
  });

  it("holds a renewal and a sub-agent's task within them, too", async () => {
    world.addAgent({ id: "helper" });
    const { body } = await ask(ceiling("reports/north/a/*"), { ...NORTH, mode: "narrow" });
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    expect((await service.renew(held)).status).toBe(200);
    const below = async (request: Readonly<Record<string, string>>) =>
      service.exchangeDelegation(await service.delegation(held), request);
    expect((await below(reads("reports/north/a/*"))).status).toBe(200);
    expect((await below(NORTH)).body.code).toBe("policy_denied");
    const ceilings = [...world.ports.tasks.tasks.values()].slice(-2).map(({ onBehalf }) => onBehalf?.ceiling);
    expect(ceilings[0]).toMatchObject(ceiling("reports/north/a/*").authorization_details);
    expect(ceilings[1]).toEqual(ceilings[0]);
  });

  it.each([
    ["the same ones", ceiling("reports/north/*"), 200],
    ["others", ceiling("reports/*"), 400],
    ["none", {}, 400],
  ])("takes as a fresh token one with %s", async (_, claims, status) => {
    const { body } = await ask(ceiling("reports/north/*"), { ...NORTH, task_ttl: "7200" });
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    world.pass(60);
    expect((await service.prolong(held, world.personToken({ ...claims }))).status).toBe(status);
  });

  it.each([
    ["of a type that nobody knows", [{ type: "payment_initiation" }]],
    ["beside one of a type that nobody knows", [...ceiling("*").authorization_details, { type: "openid" }]],
    ["without a resource", [{ type: "aws", actions: ["s3:GetObject"] }]],
    ["of another account's", ceiling("*", { account: "999999999999" }).authorization_details],
    ["that are none", []],
    ["that are null", null],
    ["that are a text", "[]"],
    [
      "that are too long as a whole, though each is well-formed",
      ceiling("*", { resources: LONG }).authorization_details,
    ],
  ])("is refused with details %s", async (_, details) => {
    const { status, body } = await ask({ authorization_details: details });
    expect([status, body.code]).toEqual([400, "token_claims"]);
  });
});
