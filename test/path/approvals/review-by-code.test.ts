import { describe, expect, it } from "vitest";
import { reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { ApprovalScene, permitting } from "./approving.ts";
import { broken, codeOf, GLASS, reader, tokenOver, usesOf } from "./breaking-glass.ts";

watchWorlds();

describe("a broken glass, of an issuer whose codes the hub redeems", () => {
  const redirectUri = "https://console.valetkey.test/callback";
  /** Breaks the glass where Carol's review is a code; the issuer gives her the vote that it is made with. */
  async function reviewedByCode(
    sub: string,
    { nonce, redirect = redirectUri }: { readonly nonce?: string; readonly redirect?: string } = {},
  ) {
    const { scene, held } = await broken();
    const { world } = scene;
    const issuers = world.ports.deployment.issuers.map((issuer) =>
      issuer.approvals
        ? { ...issuer, approvals: { ...issuer.approvals, tokenExchange: "hub", secret: "approvals/client" } as const }
        : issuer,
    );
    const deployment = { ...world.ports.deployment, issuers, console: { url: "https://console.valetkey.test" } };
    const hub = new ApprovalScene([permitting(GLASS)], world, { deployment });
    const [use] = usesOf(scene, held);
    const own = tokenOver(scene, nonce ?? reviewNonce(use ? sealedUseOf(held.approval, use) : {}), sub);
    world.ports.codes.tokens.set("code", own);
    const body = { code: "code", code_verifier: "verifier", redirect_uri: redirect };
    const parameters = { approval: held.approval };
    const route = "POST /v1/approvals/{approval}/review";
    const answer = await hub.service.operate(route, { parameters, body, token: reader(scene, "carol") });
    return { scene, answer };
  }

  it("is reviewed by the code of a sign-in", async () => {
    const { scene, answer } = await reviewedByCode("carol");
    expect(answer).toMatchObject({ status: 200, body: { status: "reviewed" } });
    expect(scene.world.ports.codes.asked).toEqual([
      { issuer: "staff", code: "code", verifier: "verifier", redirectUri },
    ]);
    expect(scene.world.ports.glasses.glasses).toEqual([]);
  });

  it.each<readonly [string, Parameters<typeof reviewedByCode>, readonly unknown[]]>([
    ["another person's code", ["dave"], [400, "vote_invalid"]],
    ["a code of a sign-in for something else", ["carol", { nonce: "A".repeat(43) }], [400, "vote_invalid"]],
    ["another redirect address", ["carol", { redirect: "http://127.0.0.1:9/callback" }], [400, "malformed_request"]],
  ])("I9d: is not reviewed by %s", async (_, given, refusal) => {
    const { scene, answer } = await reviewedByCode(...given);
    expect(codeOf(answer)).toEqual(refusal);
    expect(scene.world.ports.glasses.glasses).toHaveLength(1);
  });

  it("has its codes redeemed by the page where the issuer lets it", async () => {
    const { scene, held } = await broken();
    const body = { code: "code", code_verifier: "verifier", redirect_uri: redirectUri };
    const call = { parameters: { approval: held.approval }, body, token: reader(scene, "carol") };
    expect(codeOf(await scene.service.operate("POST /v1/approvals/{approval}/review", call))).toEqual([
      400,
      "malformed_request",
    ]);
    expect(scene.world.ports.codes.asked).toEqual([]);
  });
});
