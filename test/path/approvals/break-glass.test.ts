import { describe, expect, it } from "vitest";
import { glassNonce, recordHash, reviewNonce } from "../../../functions/core/approvals/approval-record.ts";
import { REVIEW_SECONDS } from "../../../functions/core/approvals/break-glass.ts";
import { sealedUseOf } from "../../../functions/core/approvals/stored-approval.ts";
import { suspendAgent } from "../../../functions/steps/agents/suspend-agent.ts";
import { sweep } from "../../../functions/sweep/sweep.ts";
import type { Answer } from "../../fakes/world/service.ts";
import { sweepingPorts } from "../../harness/sweeping.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { type ApprovalScene, intentOf, permitting, type WaitingHeld } from "./approving.ts";
import {
  breakGlass,
  broken,
  codeOf,
  errorsOf,
  GLASS,
  reader,
  review,
  sceneOf,
  tokenOver,
  usesOf,
} from "./breaking-glass.ts";

watchWorlds();

const sweepIn = (scene: ApprovalScene) => sweep(sweepingPorts(scene.world));
const statusOf = async (scene: ApprovalScene) => (await scene.world.ports.agents.read("demo"))?.status;

describe("breaking the glass", () => {
  it("vends by one person's vote where two are required, rings twice, and lists the use for a review", async () => {
    const { scene, held } = await broken();
    expect(scene.record(held.approval)).toMatchObject({ break_glass: true, ttl: 900 });
    expect(usesOf(scene, held)).toMatchObject([{ n: 1, glass: true }]);
    expect(errorsOf(scene)).toEqual(["glass_asked", "glass_broken"]);
    const { body } = await scene.service.operate("GET /v1/approvals", {
      query: "status=review",
      token: reader(scene, "carol"),
    });
    expect(body).toMatchObject({
      approvals: [{ id: held.approval, status: "used", review: { by: "staff|bob", done: false } }],
    });
    scene.world.pass(60);
    expect((await scene.service.renew(held)).status).toBe(200);
  });

  it.each<readonly [string, string, (scene: ApprovalScene, held: WaitingHeld) => unknown, readonly unknown[]]>([
    ["an ordinary vote", GLASS, (scene, held) => scene.vote(held), []],
    [
      "an ordinary vote that claims to break the glass",
      GLASS,
      (scene, held) => breakGlass(scene, held, "bob", recordHash(scene.record(held.approval))),
      [400, "vote_invalid"],
    ],
    ["a vote of the agent's owner", GLASS, (scene, held) => breakGlass(scene, held, "owner"), [403, "not_eligible"]],
    ["a vote of who shaped it", GLASS, (scene, held) => breakGlass(scene, held, "registrar"), [403, "not_eligible"]],
    [
      "a vote where policy lets nobody break it",
      '@approval("sre=2") @maxTtl("15m")',
      (scene, held) => breakGlass(scene, held),
      [403, "not_eligible"],
    ],
    [
      "a vote where one is required anyway",
      '@approval("sre") @breakGlass @maxTtl("15m")',
      (scene, held) => breakGlass(scene, held),
      [403, "not_eligible"],
    ],
  ])("is not done by %s", async (_, annotations, vote, refusal) => {
    const scene = sceneOf(annotations);
    const held = await scene.waiting();
    const answer = (await vote(scene, held)) as Answer | string;
    if (typeof answer !== "string") expect(codeOf(answer)).toEqual(refusal);
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    expect(usesOf(scene, held)).toEqual([]);
  });

  it.each<readonly [string, (scene: ApprovalScene, held: WaitingHeld) => string, boolean]>([
    [
      "stores an ordinary vote as one that breaks the glass",
      (scene, held) => scene.voteToken([held.approval], "bob"),
      true,
    ],
    [
      "stores one that breaks the glass as an ordinary one, beside another's",
      (scene, held) => tokenOver(scene, glassNonce(recordHash(scene.record(held.approval))), "bob"),
      false,
    ],
    [
      "stores the owner's",
      (scene, held) => tokenOver(scene, glassNonce(recordHash(scene.record(held.approval))), "owner"),
      true,
    ],
  ])("I9d: is not done though approve %s", async (_, token, isGlass) => {
    const scene = sceneOf();
    const held = await scene.waiting();
    await scene.vote(held, "eve");
    const vote = {
      person: { issuer: "staff", value: "x" },
      token: token(scene, held),
      hashes: [recordHash(scene.record(held.approval))],
    };
    await scene.world.ports.ballots.putVote(held.approval, { ...vote, ...(isGlass ? { glass: true } : {}) });
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    expect(scene.world.ports.sessions.asked).toEqual([]);
  });

  it.each<readonly [string, string, Partial<Parameters<ApprovalScene["world"]["addAgent"]>[0]>]>([
    ["where policy lets nobody", '@approval("sre=2") @maxTtl("15m")', {}],
    ["of an agent whose owner nobody knows", GLASS, { owner: "owner@acme.test" }],
  ])("I9a: is not done by a genuine vote %s", async (_, annotations, agent) => {
    const scene = sceneOf(annotations);
    scene.world.addAgent({ id: "demo", ...agent });
    const held = await scene.waiting();
    const hash = recordHash(scene.record(held.approval));
    const token = tokenOver(scene, glassNonce(hash), "bob");
    const vote = { person: { issuer: "staff", value: "bob" }, token, hashes: [hash], glass: true } as const;
    await scene.world.ports.ballots.putVote(held.approval, vote);
    expect(codeOf(await scene.poll(held))).toEqual([400, "authorization_pending"]);
    expect(usesOf(scene, held)).toEqual([]);
  });

  it("I9b: is void where policy no longer lets anybody", async () => {
    const scene = sceneOf();
    const held = await scene.waiting();
    await breakGlass(scene, held);
    const later = scene.under(permitting('@approval("sre=2") @maxTtl("15m")'));
    expect(await later.poll(held)).toMatchObject({ body: { code: "approval_void", changed: ["break_glass"] } });
  });

  it("is for one task: a request for several uses has no glass", async () => {
    const scene = sceneOf(`${GLASS} @standing("3/7d")`);
    const held = await scene.waiting({ standing: "3/7d" });
    expect(scene.record(held.approval)).not.toHaveProperty("break_glass");
    expect(codeOf(await breakGlass(scene, held))).toEqual([403, "not_eligible"]);
  });

  it("counts for nothing where enough people approve: then nothing is to be reviewed", async () => {
    const scene = sceneOf();
    const held = await scene.waiting();
    await breakGlass(scene, held, "bob");
    await scene.vote(held, "carol");
    await scene.vote(held, "dave");
    expect((await scene.poll(held)).status).toBe(200);
    expect(usesOf(scene, held)[0]).not.toHaveProperty("glass");
    scene.world.pass(REVIEW_SECONDS);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("active");
  });
});

describe("a broken glass", () => {
  it("suspends its agent after 24 hours, unless another person has reviewed it", async () => {
    const { scene } = await broken();
    scene.world.pass(REVIEW_SECONDS - 1);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("active");
    scene.world.pass(1);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("suspended");
    expect(errorsOf(scene)).toContain("glass_unreviewed");
    expect(scene.world.ports.agents.events.at(-1)).toMatchObject({ facts: { by: "check", reason: "unreviewed" } });
    const linesBefore = scene.world.lines.length;
    await sweepIn(scene);
    expect(scene.world.lines.slice(linesBefore).map(({ event }) => event)).not.toContain("glass_unreviewed");
  });

  it("suspends an agent that was resumed before the review was due, and none that was resumed after it", async () => {
    const { scene } = await broken();
    const resume = async () => {
      const agent = await scene.world.ports.agents.record("demo");
      if (agent) await suspendAgent(agent, "staff|ops", scene.world.ports);
      const route = "POST /v1/agents/{agent}/resume";
      expect((await scene.operators.operate(route, { parameters: { agent: "demo" } })).status).toBe(200);
    };
    scene.world.pass(3_600);
    await resume();
    scene.world.pass(REVIEW_SECONDS);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("suspended");
    await resume();
    for (let minute = 0; minute < 3; minute += 1) {
      scene.world.pass(60);
      await sweepIn(scene);
    }
    expect(await statusOf(scene)).toBe("active");
  });

  it("lets another person resume the suspended agent, and never the one who broke it", async () => {
    const { scene } = await broken();
    const resume = (sub: string) =>
      scene.operators.operate("POST /v1/agents/{agent}/resume", {
        parameters: { agent: "demo" },
        token: scene.world.operatorToken({ sub, groups: ["valetkey-operators"] }),
      });
    const suspend = async () => {
      const agent = await scene.world.ports.agents.record("demo");
      if (agent) await suspendAgent(agent, "staff|bob", scene.world.ports);
    };
    // A resumption before the review is due decides nothing about it.
    await suspend();
    expect((await resume("bob")).status).toBe(200);
    scene.world.pass(REVIEW_SECONDS);
    // The suspension by the person's own hand, before the sweep's, changes nothing.
    await suspend();
    const rehearsed = await scene.operators.operate("POST /v1/agents/{agent}/rehearse", {
      parameters: { agent: "demo" },
      body: { acts: [{ act: "resume" }] },
      token: scene.world.operatorToken({ sub: "bob", groups: ["valetkey-operators"] }),
    });
    expect(rehearsed.body).toMatchObject({ acts: [{ refused: { code: "not_eligible" } }] });
    expect(await resume("bob")).toMatchObject({
      status: 403,
      body: { code: "not_eligible", error_description: expect.stringContaining("another operator has to resume") },
    });
    expect(await statusOf(scene)).toBe("suspended");
    expect((await resume("ops")).status).toBe(200);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("active");
    // Another person has decided about the glass, so a later suspension is for something else.
    scene.world.pass(60);
    await suspend();
    expect((await resume("bob")).status).toBe(200);
  });

  it("is reviewed by another person's vote over its use, and then suspends nobody", async () => {
    const { scene, held } = await broken();
    scene.world.pass(3_600);
    expect(await review(scene, held)).toMatchObject({ status: 200, body: { status: "reviewed" } });
    scene.world.pass(REVIEW_SECONDS);
    await sweepIn(scene);
    expect(await statusOf(scene)).toBe("active");
    expect(scene.world.ports.tasks.events.map(({ type }) => type)).toContain("approval.reviewed");
    expect(codeOf(await review(scene, held, "dave"))).toEqual([409, "already_used"]);
  });

  it.each<readonly [string, (scene: ApprovalScene, held: WaitingHeld) => Promise<Answer>, readonly unknown[]]>([
    ["who broke it", (scene, held) => review(scene, held, "bob"), [403, "not_eligible"]],
    ["the agent's owner", (scene, held) => review(scene, held, "owner"), [403, "not_eligible"]],
    ["who shaped the agent", (scene, held) => review(scene, held, "registrar"), [403, "not_eligible"]],
    [
      "an ordinary vote on the request",
      (scene, held) => review(scene, held, "carol", { nonce: recordHash(scene.record(held.approval)) }),
      [400, "vote_invalid"],
    ],
    [
      "who comes too late",
      async (scene, held) => {
        scene.world.pass(REVIEW_SECONDS);
        return review(scene, held);
      },
      [403, "approval_expired"],
    ],
    [
      "who broke it, though approve stores the vote in another's name",
      async (scene, held) => {
        const votes = scene.world.ports.ballots.votes.get(held.approval);
        const [[place = "", vote] = []] = [...(votes ?? [])];
        votes?.set(place, { ...vote, person: "mallory" });
        return review(scene, held, "bob");
      },
      [403, "not_eligible"],
    ],
    [
      "anybody, of a use that the exchange has not sealed",
      async (scene, held) => {
        const forged = usesOf(scene, held).map((use) => ({ ...use, votes: ["forged"] }));
        scene.world.ports.ballots.uses.set(held.approval, forged);
        return review(scene, held);
      },
      [409, "already_used"],
    ],
    [
      "another person's vote in one's own name",
      async (scene, held) => {
        const [use] = usesOf(scene, held);
        const nonce = reviewNonce(use ? sealedUseOf(held.approval, use) : {});
        const parameters = { approval: held.approval };
        const body = { vote: tokenOver(scene, nonce, "dave") };
        const route = "POST /v1/approvals/{approval}/review";
        return scene.service.operate(route, { parameters, body, token: reader(scene, "carol") });
      },
      [400, "vote_invalid"],
    ],
    [
      "anybody, though approve hides who broke it",
      async (scene, held) => {
        scene.world.ports.ballots.votes.delete(held.approval);
        return review(scene, held);
      },
      [403, "not_eligible"],
    ],
  ])("is not reviewed by %s", async (_, by, refusal) => {
    const { scene, held } = await broken();
    expect(codeOf(await by(scene, held))).toEqual(refusal);
    expect(scene.world.ports.glasses.glasses).toHaveLength(1);
    expect(scene.world.ports.ballots.reviews.size).toBe(0);
  });

  it("is reviewed by a sign-in that is used by it: it is no vote besides, and one that was used reviews nothing", async () => {
    const { scene, held } = await broken();
    expect(await review(scene, held)).toMatchObject({ status: 200 });
    const other = await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/b") });
    await scene.vote(other, "dave");
    await scene.vote(other, "carol");
    expect(codeOf(await scene.poll(other))).toEqual([400, "authorization_pending"]);
    scene.world.pass(5);
    await scene.vote(other, "carol");
    expect((await scene.poll(other)).status).toBe(200);

    const again = await scene.waiting({ authorization_details: intentOf("s3:GetObject").replace("/a", "/c") });
    await breakGlass(scene, again);
    expect((await scene.poll(again)).status).toBe(200);
    expect(codeOf(await review(scene, again))).toEqual([409, "sign_in_used"]);
    scene.world.pass(1);
    expect(await review(scene, again)).toMatchObject({ status: 200 });
  });

  it("has nothing to review where no glass was broken, though the use claims one", async () => {
    const scene = sceneOf('@approval("sre")');
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.poll(held);
    expect(codeOf(await review(scene, held))).toEqual([409, "already_used"]);
    const marked = usesOf(scene, held).map((use) => ({ ...use, glass: true as const }));
    scene.world.ports.ballots.uses.set(held.approval, marked);
    expect(codeOf(await review(scene, held))).toEqual([409, "already_used"]);
  });
});
