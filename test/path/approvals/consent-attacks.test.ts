import { describe, expect, it } from "vitest";
import { TOKEN_TYPES } from "../../../contract/names.ts";
import { recordHash } from "../../../functions/core/approvals/approval-record.ts";
import type { Deployment } from "../../../functions/core/deployment/deployment.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { fakeWorld } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { APPROVING, intentOf, permitting } from "./approving.ts";
import { ConsentScene, OWN, people } from "./consent.ts";

watchWorlds();

const codeOf = ({ status, body }: Answer) => [status, body.code];
const other = (name: string) => ({ authorization_details: intentOf("s3:GetObject").replace("/a", `/${name}`) });

const deployedAs = (changed: Partial<Deployment>): ConsentScene =>
  new ConsentScene(undefined, fakeWorld({ deployment: { ...APPROVING, ...changed } }));

describe("attacks on a consent", () => {
  /** Whatever was tried, nothing is vended for the request. */
  async function expectWaiting(scene: ConsentScene, held: Awaited<ReturnType<ConsentScene["asked"]>>) {
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    expect(scene.world.ports.sessions.asked).toEqual([]);
  }

  it.each([
    ["the person's token that the agent holds", (scene: ConsentScene) => scene.world.personToken()],
    ["its own token", (scene: ConsentScene) => scene.world.agentToken()],
    ["an operator's token of the person", (scene: ConsentScene) => scene.world.operatorToken({ sub: "pat", ...OWN })],
  ])("the agent cannot vote for its person with %s", async (_, tokenOf) => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    const answer = await scene.decide(held, "pat", { vote: tokenOf(scene) });
    expect(codeOf(answer)).toEqual([400, "vote_invalid"]);
    const hashes = [recordHash(scene.record(held.approval))];
    const person = { issuer: "staff", value: "pat" };
    await scene.world.ports.ballots.putVote(held.approval, { person, token: tokenOf(scene), hashes });
    await expectWaiting(scene, held);
  });

  it("the agent cannot read its person's requests, nor decide them, by the tokens it holds", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    for (const token of [scene.world.personToken(), scene.world.agentToken(), held.token]) {
      const parameters = { approval: held.approval };
      const read = await scene.service.operate("GET /v1/approvals/{approval}", { parameters, token });
      expect(codeOf(read)).toEqual([401, "operator_token_invalid"]);
    }
  });

  it.each([
    ["another person of the issuer", "kim", OWN],
    ["an approver", "bob", {}],
    ["the agent's owner", "owner", {}],
    ["somebody who is in a group that is called as the slot is", "kim", { groups: ["@person", "valetkey-approvers"] }],
  ])("%s fills no slot of the person", async (_, sub, claims) => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    expect((await scene.decide(held, sub, {}, claims)).status).toBeGreaterThanOrEqual(400);
    await scene.vote(held, sub, claims);
    await expectWaiting(scene, held);
  });

  it("a vote is of the person in its token, wherever it is stored (B3, B5)", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    const token = scene.voteToken([held.approval], "kim", OWN);
    const hashes = [recordHash(scene.record(held.approval))];
    await scene.world.ports.ballots.putVote(held.approval, {
      person: { issuer: "staff", value: "pat" },
      token,
      hashes,
    });
    await expectWaiting(scene, held);
  });

  it("a namesake of another issuer is another person (B5)", async () => {
    const partners = APPROVING.issuers
      .filter(({ name }) => name === "staff")
      .map((staff) => ({ ...staff, name: "partners", url: "https://partners.test" }));
    const scene = deployedAs({ issuers: [...APPROVING.issuers, ...partners] });
    const held = await scene.asked();
    await scene.consent(held, "pat", { iss: "https://partners.test" });
    await expectWaiting(scene, held);
    await scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
  });

  it("the person's vote on another request is none for this one, nor is its sign-in", async () => {
    const scene = new ConsentScene();
    const [held, decoy] = [await scene.asked(), await scene.asked("pat", other("decoy"))];
    const token = scene.voteToken([decoy.approval], "pat", OWN);
    const person = { issuer: "staff", value: "pat" };
    for (const hashes of [[recordHash(scene.record(decoy.approval))], [recordHash(scene.record(held.approval))]])
      await scene.world.ports.ballots.putVote(held.approval, { person, token, hashes });
    await expectWaiting(scene, held);
    // One sign-in is one vote: a second token of the same sign-in counts for nothing once the first is used.
    const signedInAt = scene.world.nowSeconds();
    await scene.consent(decoy, "pat", { auth_time: signedInAt });
    expect((await scene.poll(decoy)).status).toBe(200);
    await scene.consent(held, "pat", { auth_time: signedInAt });
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
  });

  it.each([
    ["proves no sign-in", { auth_time: undefined }],
    ["is of a sign-in before the request", { auth_time: 1_000_000 }],
    ["is for another client", { aud: "valetkey-console" }],
    ["proves a class of sign-in alone", { auth_time: undefined, acr: "phr" }],
  ])("a vote that %s is none", async (_, claims) => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    await scene.consent(held, "pat", claims);
    await expectWaiting(scene, held);
  });

  it("an issuer that proves sign-ins by classes alone gives no consent: no class is configured as enough", async () => {
    const scene = deployedAs({
      issuers: APPROVING.issuers.map((each) =>
        each.approvals ? { ...each, approvals: { ...each.approvals, freshness: "acr" } } : each,
      ),
    });
    const held = await scene.asked();
    await scene.consent(held, "pat", { auth_time: undefined, acr: "phr" });
    await expectWaiting(scene, held);
  });

  it.each([
    ["of a class that valetkey.json names for it", { auth_time: undefined, acr: "phr" }, 200],
    ["of another class", { auth_time: undefined, acr: "pwd" }, 400],
    ["of no class", { auth_time: undefined }, 400],
    ["of a class in no text", { auth_time: undefined, acr: ["phr"] }, 400],
  ])(
    "an issuer that proves sign-ins by classes alone gives a consent by a sign-in %s: %o is answered %d",
    async (_, claims, status) => {
      const scene = deployedAs({
        issuers: APPROVING.issuers.map((each) =>
          each.approvals ? { ...each, approvals: { ...each.approvals, freshness: "acr", acr: ["phr"] } } : each,
        ),
      });
      const held = await scene.asked();
      await scene.consent(held, "pat", claims);
      expect((await scene.poll(held)).status).toBe(status);
    },
  );

  it("one changed byte of what the agent gets needs another vote", async () => {
    const scene = new ConsentScene();
    const held = await scene.asked();
    await scene.consent(held);
    const narrower = scene.under(permitting("@consent"), people('@maxTtl("5m")'));
    expect((await narrower.poll(held)).body).toMatchObject({ code: "approval_void", changed: ["ttl"] });
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it("a sub-agent inherits no consent, and requests none", async () => {
    const scene = new ConsentScene([permitting("@consent"), permitting("@consent", "s3:PutObject"), people()]);
    const held = await scene.asked();
    expect(codeOf(await scene.service.delegate(held.token))).toEqual([400, "authorization_pending"]);
    await scene.consent(held);
    expect((await scene.poll(held)).status).toBe(200);
    const child = await scene.service.exchangeDelegation(await scene.service.delegation(held), {
      authorization_details: intentOf("s3:GetObject"),
    });
    expect(child.body).toMatchObject({
      code: "policy_denied",
      denials: [{ reason: expect.stringMatching(/^People must/) }],
    });
  });

  it("another workload of the agent, and another person's task, share nothing with it", async () => {
    const scene = new ConsentScene();
    const [pat, kim] = [await scene.asked(), await scene.asked("kim")];
    expect(kim.id).not.toBe(pat.id);
    await scene.consent(pat);
    expect((await scene.poll(pat)).status).toBe(200);
    expect(codeOf(await scene.poll(kim))).toEqual([400, "authorization_pending"]);
  });

  it("a deployment's group cannot take the slot's name", async () => {
    const scene = deployedAs({ approvers: (APPROVING.approvers ?? []).map((each) => ({ ...each, name: "@person" })) });
    const held = await scene.asked();
    await scene.vote(held, "bob");
    await expectWaiting(scene, held);
  });

  it("the person of a task is the token's, not the request's (B2, B3)", async () => {
    const scene = new ConsentScene();
    const types = { subject_token_type: TOKEN_TYPES.idToken, actor_token_type: TOKEN_TYPES.idToken };
    const own = { subject_token: scene.world.agentToken(), actor_token: scene.world.agentToken(), ...types };
    expect((await scene.ask(own)).status).toBeGreaterThanOrEqual(400);
    const stale = scene.world.personToken();
    scene.world.pass(1_200);
    expect((await scene.ask({ ...scene.for(), subject_token: stale })).status).toBeGreaterThanOrEqual(400);
  });
});
