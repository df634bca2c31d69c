import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { glassNonce, recordHash } from "../../../functions/core/approvals/approval-record.ts";
import { registeredBy } from "../../../functions/core/identity/shapers.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { voidVotes } from "../../../functions/steps/tasks/end-person.ts";
import { approverToken, askForApproval, voteToken } from "../../fakes/samples/asked-approval.ts";
import { FakeService } from "../../fakes/world/service.ts";
import { fakeWorld, NOON_MS } from "../../fakes/world/world.ts";
import { watchWorlds } from "../../harness/watch-worlds.ts";
import { approve, decide, decisions, listed, read, start, use, withdraw } from "./deciding.ts";

watchWorlds();

describe("POST /v1/approvals/{approval}/decide", () => {
  it("I9a: records a vote that the person's own issuer signed over this record, and returns the votes that are left", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { needed: [{ group: "sre", count: 2 }] });
    expect(await approve(service, asked)).toMatchObject({
      status: 200,
      body: { status: "pending", needed: [{ group: "sre", count: 2, have: 1 }] },
    });
    expect(await approve(service, asked)).toMatchObject({ body: { needed: [{ have: 1 }] } });
    expect(await approve(service, asked, {}, "carol")).toMatchObject({
      body: { status: "approved", needed: [{ group: "sre", count: 2, have: 2 }] },
    });
    expect(decisions(service).map(({ type, facts }) => [type, facts.by])).toEqual([
      ["approval.voted", "staff|bob"],
      ["approval.voted", "staff|carol"],
    ]);
    expect(await service.world.ports.ballots.listWaiting({ issuer: "staff", group: "sre" }, 0)).toEqual([]);
  });

  it("shows a vote as void once its person is gone, counts it no more, and lets a person who is back vote again", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { needed: [{ group: "sre", count: 2 }] });
    await approve(service, asked);
    await approve(service, asked, {}, "carol");
    const { ports } = service.world;
    await voidVotes({ issuer: "staff", value: "bob" }, service.world.nowSeconds(), "signal:risk", ports);
    const carols = await read(service, asked.id, approverToken(service.world, "carol"));
    expect(carols.body).toMatchObject({
      ...{ status: "pending", needed: [{ group: "sre", count: 2, have: 1 }], you: { has_voted: true } },
      votes: [
        { by: "staff|carol", you: true },
        { group: "sre", by: "staff|bob", you: false, void: true },
      ],
    });
    expect((await read(service, asked.id)).body).toMatchObject({ you: { may_vote: true, has_voted: false } });
    service.world.pass(2);
    expect((await approve(service, asked)).body).toMatchObject({ status: "approved" });
    expect(JSON.stringify((await read(service, asked.id)).body.votes)).not.toContain("void");
  });

  it("shows the votes of a used approval as they were, whoever is gone since", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    await approve(service, asked);
    await use(service, asked);
    const { ports } = service.world;
    await voidVotes({ issuer: "staff", value: "bob" }, service.world.nowSeconds(), "signal:risk", ports);
    const { body } = await read(service, asked.id);
    expect([body.status, body.votes]).toMatchObject(["used", [{ group: "sre", you: true }]]);
    expect(JSON.stringify(body.votes)).not.toContain("void");
  });

  it("I9a: records one vote once, however often it is sent, and another vote of the person again", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { needed: [{ group: "sre", count: 2 }] });
    const vote = voteToken(service.world, [asked.hash]);
    for (let times = 0; times < 30; times += 1)
      expect(await decide(service, asked.id, { decision: "approve", vote })).toMatchObject({ status: 200 });
    expect(decisions(service)).toHaveLength(1);
    await approve(service, asked, { jti: "again" });
    expect(decisions(service)).toHaveLength(2);
  });

  it("I9a: takes 60 votes a minute of one person", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { needed: [{ group: "sre", count: 2 }] });
    for (let times = 0; times < 60; times += 1)
      expect((await approve(service, asked, { jti: `${times}` })).status).toBe(200);
    expect(await approve(service, asked)).toMatchObject({ status: 429, body: { code: "too_many_requests" } });
    expect(decisions(service)).toHaveLength(60);
    expect((await approve(service, asked, {}, "carol")).status).toBe(200);
  });

  it("I9a: lets no number of voters of one group hide the vote of another group", async () => {
    const service = start();
    const needed = ["security", "sre"].map((group) => ({ group, count: 1 }));
    const asked = await askForApproval(service.world, { needed });
    const statuses: number[] = [];
    for (let n = 10; n < 30; n += 1) statuses.push((await approve(service, asked, {}, `a${n}`)).status);
    expect(await approve(service, asked, { groups: ["g-security", "valetkey-approvers"] }, "zoe")).toMatchObject({
      body: { status: "approved" },
    });
    expect(statuses).toEqual([...Array(16).fill(200), ...Array(4).fill(403)]);
  });

  it("I9a: refuses a vote of a group that has as many as are recorded, as `may_vote` says, while its person may deny", async () => {
    const service = start();
    const needed = ["sre", "security"].map((group) => ({ group, count: 1 }));
    const asked = await askForApproval(service.world, { needed });
    for (let n = 10; n < 25; n += 1) await approve(service, asked, {}, `a${n}`);
    expect((await read(service, asked.id)).body.you).toMatchObject({ may_vote: true });
    await approve(service, asked, {}, "a25");
    const you = { may_vote: false, groups: ["sre"], has_voted: false, why: "group_full" };
    expect((await read(service, asked.id)).body.you).toEqual(you);
    expect((await listed(service)).body).toMatchObject({ approvals: [{ id: asked.id, you }] });
    expect(await approve(service, asked)).toMatchObject({ status: 403, body: { code: "not_eligible" } });
    expect(service.world.lines.at(-1)).toMatchObject({ why: "group_full" });
    const own = await read(service, asked.id, approverToken(service.world, "a10"));
    expect(own.body.you).toMatchObject({ may_vote: true, has_voted: true });
    const { ports } = service.world;
    await voidVotes({ issuer: "staff", value: "a10" }, service.world.nowSeconds(), "signal:risk", ports);
    expect((await read(service, asked.id)).body.you).toMatchObject({ may_vote: true });
    const denial = { decision: "deny", reason: "not during the release" };
    expect(await decide(service, asked.id, denial)).toMatchObject({ body: { status: "denied" } });
  });

  it("I9a: takes a spare vote, which counts where another one is void", async () => {
    const service = start();
    const needed = ["sre", "security"].map((group) => ({ group, count: 1 }));
    const asked = await askForApproval(service.world, { needed });
    await approve(service, asked, {}, "carol");
    expect((await read(service, asked.id)).body.you).toMatchObject({ may_vote: true });
    expect((await approve(service, asked)).status).toBe(200);
  });

  it("I9a: takes as many votes of people in all groups as are needed of all groups", async () => {
    const service = start();
    const needed = ["security", "sre"].map((group) => ({ group, count: 9 }));
    const asked = await askForApproval(service.world, { needed });
    const both = { groups: ["g-sre", "g-security", "valetkey-approvers"] };
    for (let n = 10; n < 27; n += 1) await approve(service, asked, both, `a${n}`);
    expect(await approve(service, asked, both, "a27")).toMatchObject({ body: { status: "approved" } });
  });

  it("I9a: takes a further vote of who has voted in a full group, one of two groups, and one that breaks the glass", async () => {
    const service = start();
    const needed = [
      { group: "security", count: 1 },
      { group: "sre", count: 1 },
    ];
    const asked = await askForApproval(service.world, { needed, break_glass: true });
    for (let n = 10; n < 26; n += 1) await approve(service, asked, {}, `a${n}`);
    const refused = await approve(service, asked, {}, "bob");
    expect(refused).toMatchObject({ status: 403, body: { code: "not_eligible" } });
    expect(service.world.lines.at(-1)).toMatchObject({ why: "group_full" });
    expect((await approve(service, asked, { jti: "again" }, "a10")).status).toBe(200);
    const vote = voteToken(service.world, [asked.hash], "bob", { nonce: glassNonce(asked.hash) });
    const glass = await decide(service, asked.id, { decision: "break_glass", vote });
    expect(glass).toMatchObject({ status: 200, body: { status: "approved" } });
    const both = { groups: ["g-sre", "g-security", "valetkey-approvers"] };
    expect(await approve(service, asked, both, "carol")).toMatchObject({ status: 200, body: { status: "approved" } });
  });

  it("I9a: bounds the votes of one group that break the glass", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { break_glass: true });
    const nonce = glassNonce(asked.hash);
    const glass = (sub: string) =>
      decide(
        service,
        asked.id,
        { decision: "break_glass", vote: voteToken(service.world, [asked.hash], sub, { nonce }) },
        approverToken(service.world, sub),
      );
    const statuses: number[] = [];
    for (let n = 10; n < 27; n += 1) statuses.push((await glass(`a${n}`)).status);
    expect(statuses).toEqual([...Array(16).fill(200), 403]);
    expect(service.world.lines.at(-1)).toMatchObject({ why: "group_full" });
    expect((await glass("a10")).status).toBe(200);
  });

  it("I9d: shows no vote's token in an answer, an event or a log line", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    const vote = voteToken(service.world, [asked.hash]);
    const answer = await decide(service, asked.id, { decision: "approve", vote });
    const shown = JSON.stringify([
      answer,
      await read(service, asked.id),
      service.world.ports.tasks.events,
      service.world.lines,
    ]);
    expect(shown).not.toContain(vote.split(".")[1]);
  });

  it.each<readonly [string, object, string]>([
    ["of an agents' issuer", { iss: "https://robots.test" }, "issuer"],
    ["of an unknown issuer", { iss: "https://evil.test" }, "issuer"],
    ["for another client", { aud: "valetkey-console" }, "audience"],
    ["for the approvals client among others", { aud: ["approvals", "https://valetkey.test/operate"] }, "audience"],
    ["for a list of the one client", { aud: ["approvals"] }, "audience"],
    ["authorised for another party", { azp: "cli" }, "audience"],
    ["over another record", { nonce: "A".repeat(43) }, "nonce"],
    ["without a nonce", { nonce: undefined }, "nonce"],
    ["of a sign-in before the request", { auth_time: 1_000_000 }, "sign_in_before_request"],
    ["without the time of the sign-in", { auth_time: undefined }, "sign_in_unproven"],
    ["with the time of the sign-in as text", { auth_time: "now" }, "sign_in_unproven"],
    ["that lists a group in no text", { groups: ["g-sre", 7] }, "groups_untold"],
    ["whose groups are elsewhere", { groups: undefined, _claim_names: { groups: "src1" } }, "no_group"],
    ["with groups left out", { hasgroups: true }, "no_group"],
    ["with a hundred groups", { groups: [...Array(99).fill("x"), "g-sre"] }, "no_group"],
    ["without a group", { groups: [] }, "no_group"],
    ["with the group as text", { groups: "g-sre" }, "no_group"],
    ["without a person", { sub: undefined }, "person"],
    ["of another person", { sub: "carol" }, "another_person"],
  ])("I9d: a token %s is no vote", async (_, claims, why) => {
    const service = start();
    const asked = await askForApproval(service.world);
    const answer = await approve(service, asked, claims);
    expect(answer).toMatchObject({ status: 400, body: { code: "vote_invalid" } });
    expect(service.world.lines.at(-1)).toMatchObject({ code: "vote_invalid", why });
    expect((await service.world.ports.ballots.readVotes(asked.id)).votes).toEqual([]);
  });

  it("I9d: a group that another issuer asserts is no group here", async () => {
    const world = fakeWorld();
    const { deployment } = world.ports;
    const [staff] = deployment.issuers.filter(({ kind }) => kind === "people");
    if (!staff) throw new Error("no people's issuer");
    const partners = { ...staff, name: "partners", url: "https://partners.test" };
    const service = new FakeService(world, {
      ...world.ports,
      deployment: { ...deployment, issuers: [...deployment.issuers, partners] },
    });
    const asked = await askForApproval(world);
    const partner = { iss: partners.url, groups: ["g-sre"] };
    const vote = voteToken(world, [asked.hash], "bob", partner);
    const answer = await decide(service, asked.id, { decision: "approve", vote }, approverToken(world, "bob"));
    expect(world.lines.at(-1)).toMatchObject({ code: "vote_invalid", why: "no_group" });
    expect(answer.status).toBe(400);
  });

  it("I9d: one vote is for one record: the same token is refused for another", async () => {
    const service = start();
    const [one, other] = [await askForApproval(service.world), await askForApproval(service.world)];
    const vote = voteToken(service.world, [one.hash]);
    expect(await decide(service, one.id, { decision: "approve", vote })).toMatchObject({ status: 200 });
    for (const hashes of [undefined, [other.hash], [one.hash, other.hash]])
      expect(
        await decide(service, other.id, { decision: "approve", vote, ...(hashes ? { hashes } : {}) }),
      ).toMatchObject({
        body: { code: "vote_invalid" },
      });
  });

  it("takes a batch of 20 that names the record, and no batch of 21, of others, or that names one twice", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    const others = Array.from({ length: 20 }, (_, n) => recordHash({ ...asked.record, purpose: `report ${n}` }));
    const batch = (hashes: readonly string[]) =>
      decide(service, asked.id, {
        decision: "approve",
        vote: voteToken(
          service.world,
          hashes.length > 20 || new Set(hashes).size < hashes.length ? [asked.hash] : hashes,
        ),
        hashes,
      });
    expect(await batch([asked.hash, ...others.slice(0, 19)])).toMatchObject({ status: 200 });
    for (const hashes of [[asked.hash, ...others], others, [asked.hash, asked.hash]])
      expect(await batch(hashes)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });

  it.each([
    ["the owner, alone", "owner", { owner: "staff|bob" }, "owner_alone"],
    ["who registered the agent", "registrar", { shapers: registeredBy("staff|bob", 1) }, "registered_agent"],
    [
      "who changed the agent lately",
      "shaper",
      { shapers: [...registeredBy("staff|alice", 1), { by: "staff|bob", at: NOON_MS / 1_000 }] },
      "changed_agent",
    ],
    ["anybody, where the owner is an address", "address", { owner: "x@acme.test" }, "owner_or_shaper_unknown"],
  ])("I9a: refuses %s: %#", async (_, __, changed, why) => {
    const service = start();
    const agent = service.world.ports.agents.agents.get("demo");
    if (agent) service.world.ports.agents.agents.set("demo", { ...agent, ...changed });
    const asked = await askForApproval(service.world);
    expect(await approve(service, asked)).toMatchObject({ status: 403, body: { code: "not_eligible" } });
    expect(service.world.lines.at(-1)).toMatchObject({ why });
    const denial = { decision: "deny", reason: "no" };
    expect(await decide(service, asked.id, denial)).toMatchObject({ body: { code: "not_eligible" } });
    expect((await read(service, asked.id)).body.you).toMatchObject({ may_vote: false, why });
  });

  it("I9a: refuses the shaper of an agent above, and the person for whom the task acts", async () => {
    const service = start();
    service.world.addAgent({ id: "parent", shapers: registeredBy("staff|bob", 1) });
    const below = await askForApproval(service.world, { chain: [agentId("parent")] });
    const own = await askForApproval(service.world, { person: { issuer: "staff", value: "bob" } });
    for (const asked of [below, own])
      expect(await approve(service, asked)).toMatchObject({ body: { code: "not_eligible" } });
    expect(await approve(service, below, {}, "carol")).toMatchObject({ status: 200 });
  });

  it("I9a: evaluates policy for the vote's own token, and counts no stored vote of a person whom it forbids", async () => {
    const service = start();
    const asked = await askForApproval(service.world, { needed: [{ group: "sre", count: 2 }] });
    const withoutRight = { groups: ["g-sre"] };
    expect(await approve(service, asked, withoutRight)).toMatchObject({
      status: 403,
      body: { code: "operator_denied" },
    });
    for (const [value, claims] of [
      ["bob", withoutRight],
      ["carol", {}],
    ] as const)
      await service.world.ports.ballots.putVote(asked.id, {
        person: { issuer: "staff", value },
        token: voteToken(service.world, [asked.hash], value, claims),
        hashes: [asked.hash],
      });
    expect((await read(service, asked.id)).body).toMatchObject({ needed: [{ count: 2, have: 1 }] });
  });

  it("evaluates policy first: a person who may not approve learns nothing", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    const operator = service.world.operatorToken({ sub: "alice", groups: ["g-sre"] });
    for (const id of [asked.id, "0123456789abcdef0123"])
      expect(await read(service, id, operator)).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect(await read(service, "0123456789abcdef0123")).toMatchObject({ body: { code: "approval_unknown" } });
  });

  it.each([
    "K7F3M2Q9X4AB5678",
    "k7f3m2q9x4ab567",
    "k7f3m2q9x4ab5678 ",
    "k7f3m2q9x4ab5678\n",
    "k7f3m2q9x4ab5678#1",
    "no id",
    "",
  ])("%j names no request: no route reads the store for it", async (id) => {
    const service = start();
    const methods: string[] = [];
    service.world.ports.ballots.before = (method) => void methods.push(method);
    const reason = { decision: "deny", reason: "no" };
    const parameters = { approval: id };
    const token = approverToken(service.world);
    const review = service.operate("POST /v1/approvals/{approval}/review", { parameters, body: {}, token });
    for (const answer of [read(service, id), decide(service, id, reason), withdraw(service, id), review])
      expect(await answer).toMatchObject({ status: 404, body: { code: "approval_unknown" } });
    expect(methods).toEqual([]);
  });

  it("reads the store for the id of no request", async () => {
    const service = start();
    const methods: string[] = [];
    service.world.ports.ballots.before = (method) => void methods.push(method);
    await read(service, "k7f3m2q9x4ab5678");
    expect(methods).toContain("read");
  });

  it("I9e: a denial is a person's, with a reason; a time-out is none", async () => {
    const service = start();
    const [denied, late] = [await askForApproval(service.world), await askForApproval(service.world)];
    const reason = "not during the release";
    expect(await decide(service, denied.id, { decision: "deny", reason, rejected: [0] })).toMatchObject({
      body: { status: "denied" },
    });
    expect((await read(service, denied.id)).body).toMatchObject({
      status: "denied",
      outcome: { decision: "denied", by: "staff|bob", reason, rejected: [0] },
    });
    expect(await approve(service, denied)).toMatchObject({ body: { code: "approval_denied" } });
    service.world.pass(901);
    expect((await read(service, late.id)).body).toMatchObject({ status: "expired" });
    expect((await read(service, late.id)).body).not.toHaveProperty("outcome");
    expect(await approve(service, late)).toMatchObject({ body: { code: "approval_expired" } });
    expect(await decide(service, late.id, { decision: "deny", reason })).toMatchObject({
      body: { code: "approval_expired" },
    });
  });

  it("refuses a denial after the use, and names the way to end the task", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    await use(service, asked);
    for (const answer of [
      await decide(service, asked.id, { decision: "deny", reason: "too late" }),
      await approve(service, asked),
      await withdraw(service, asked.id),
    ])
      expect(answer).toMatchObject({ status: 409, body: { code: "already_used", error_description: /\/end/ } });
  });

  it("refuses a denial that loses the race against the use", async () => {
    const world = fakeWorld();
    const service = new FakeService(world);
    const asked = await askForApproval(world);
    world.ports.ballots.before = async (method) => {
      if (method !== "putOutcome") return;
      world.ports.ballots.before = () => undefined;
      await use(service, asked);
    };
    expect(await decide(service, asked.id, { decision: "deny", reason: "no" })).toMatchObject({
      body: { code: "already_used" },
    });
    expect(decisions(service)).toEqual([]);
  });

  it("lets who approved withdraw before the use, and nobody else", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    await approve(service, asked);
    expect(await withdraw(service, asked.id, approverToken(service.world, "carol"))).toMatchObject({
      body: { code: "not_eligible" },
    });
    expect(await withdraw(service, asked.id)).toMatchObject({ body: { status: "withdrawn" } });
    expect(await approve(service, asked, {}, "carol")).toMatchObject({ body: { code: "approval_denied" } });
  });

  it("reports that the request is over with its task", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    await service.endTask(asked.record.task);
    expect((await read(service, asked.id)).body).toMatchObject({ status: "cancelled", ended_by: "staff|alice" });
    expect(await approve(service, asked)).toMatchObject({ body: { code: "task_ended" } });
  });

  it("an issuer that cannot be reached is an outage, and no fault of the vote", async () => {
    const service = start();
    const asked = await askForApproval(service.world);
    const vote = voteToken(service.world, [asked.hash]);
    const token = approverToken(service.world);
    let calls = 0;
    service.world.ports.tokens.before = () => {
      calls += 1;
      if (calls > 1) throw new Refusal("issuer_unreachable");
    };
    expect(await decide(service, asked.id, { decision: "approve", vote }, token)).toMatchObject({ status: 503 });
  });

  it.each([
    ["no decision", {}],
    ["another decision", { decision: "maybe" }],
    ["another field", { decision: "approve", vote: "x", admin: true }],
    ["a denial without a reason", { decision: "deny" }],
    ["a reason that turns text around", { decision: "deny", reason: "a\u202eb" }],
    ["a long reason", { decision: "deny", reason: "x".repeat(501) }],
    ["a rejected detail that is not there", { decision: "deny", reason: "no", rejected: [7] }],
    [
      "a code where the page redeems it",
      { decision: "approve", code: "c", code_verifier: "v", redirect_uri: "https://x" },
    ],
  ])("I10: refuses %s", async (_, body) => {
    const service = start();
    const asked = await askForApproval(service.world);
    expect(await decide(service, asked.id, body)).toMatchObject({ status: 400, body: { code: "malformed_request" } });
  });
});
