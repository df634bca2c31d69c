import { describe, expect, it } from "vitest";
import { approverToken, askForApproval, voteToken } from "../../fakes/samples/asked-approval.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { decide } from "./deciding.ts";

watchWorlds();

describe("codes that the hub redeems", () => {
  const redirectUri = "https://console.valetkey.test/callback";
  function hub() {
    const world = fakeWorld();
    const issuers = world.ports.deployment.issuers.map((issuer) =>
      issuer.approvals
        ? { ...issuer, approvals: { ...issuer.approvals, tokenExchange: "hub", secret: "approvals/client" } as const }
        : issuer,
    );
    return new FakeService(world, { ...world.ports, deployment: { ...world.ports.deployment, issuers } });
  }
  const body = { decision: "approve", code: "code", code_verifier: "verifier", redirect_uri: redirectUri };

  it("become the vote that the issuer gives for them", async () => {
    const service = hub();
    const request = await askForApproval(service.world);
    service.world.ports.codes.tokens.set("code", voteToken(service.world, [request.hash]));
    expect(await decide(service, request.id, body)).toMatchObject({ body: { status: "approved" } });
    expect(service.world.ports.codes.asked).toEqual([
      { issuer: "staff", code: "code", verifier: "verifier", redirectUri },
    ]);
    expect(await decide(service, request.id, body)).toMatchObject({ body: { code: "vote_invalid" } });
  });

  it("are sent to the issuer 30 times a minute for one person, and then for others alone", async () => {
    const service = hub();
    const request = await askForApproval(service.world);
    const codes = Array.from({ length: 40 }, (_, index) => `junk-${index}`);
    for (const code of codes) await decide(service, request.id, { ...body, code });
    expect(service.world.ports.codes.asked).toHaveLength(30);
    expect(await decide(service, request.id, body)).toMatchObject({ status: 429, body: { code: "too_many_requests" } });
    await decide(service, request.id, body, approverToken(service.world, "carol"));
    expect(service.world.ports.codes.asked).toHaveLength(31);
    service.world.pass(60);
    await decide(service, request.id, body);
    expect(service.world.ports.codes.asked).toHaveLength(32);
  });

  it("go to the one redirect address alone", async () => {
    const service = hub();
    const request = await askForApproval(service.world);
    expect(await decide(service, request.id, { ...body, redirect_uri: "http://127.0.0.1:9/callback" })).toMatchObject({
      body: { code: "malformed_request" },
    });
    expect(service.world.ports.codes.asked).toEqual([]);
  });
});
