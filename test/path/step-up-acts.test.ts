import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../contract/limits.ts";
import { actHash } from "../../functions/core/approvals/act-record.ts";
import { glassNonce, recordHash, reviewNonce, voteNonce } from "../../functions/core/approvals/approval-record.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import { keyOf, ROUTES } from "../../functions/routes.ts";
import { anAcceptance } from "../fakes/samples/accepted-model.ts";
import { askForApproval } from "../fakes/samples/asked-approval.ts";
import { aConsent, giveConsent, personsToken } from "../fakes/samples/given-consent.ts";
import { actRecord, actToken, perform, type RequestedAct, STEPPING_UP, votedFor } from "../fakes/samples/voted-act.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, fakeWorld } from "../fakes/world/world.ts";
import { type OperatorRouteKey, STEP_UP } from "../harness/votes-of-routes.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { ApprovalScene, permitting } from "./approvals/approving.ts";

watchWorlds();

const FRESH = {
  ...{ id: "fresh", name: "Fresh", owner: "staff|owner", team: "demo" },
  bindings: [{ issuer: "robots", claims: { sub: "agent:fresh" } }],
};
const serve = (deployment: Deployment = STEPPING_UP) => new FakeService(fakeWorld({ deployment }));
const codeOf = ({ status, body }: Answer) => `${status} ${body.code ?? "done"}`;
const change = (body: object): RequestedAct => ({ route: "POST /v1/agents/{agent}", agent: "demo", body: { ...body } });

describe("the table of acts that take a vote", () => {
  it("has a row for every route of operators, and no other", () => {
    const routes = ROUTES.filter(({ caller }) => caller === "operator").map(keyOf);
    expect(Object.keys(STEP_UP).sort()).toEqual([...routes].sort());
  });

  const BODIES: Partial<Record<OperatorRouteKey, object>> = {
    "POST /v1/agents": FRESH,
    "POST /v1/agents/{agent}": { labels: ["deployer"] },
    "POST /v1/approvals/{approval}/decide": { decision: "deny", reason: "not now" },
    "POST /v1/accounts/{account}/halt": { reason: "a drill" },
    "POST /v1/agents/{agent}/threat-model": anAcceptance(fakeWorld()).body,
    "POST /v1/consents": aConsent().body,
    "POST /v1/conditions/{condition}/tighten": { scope: "hub", seconds: 600, reason: "a drill" },
    "POST /v1/conditions/{condition}/loosen": { scope: "hub", reason: "a drill" },
    "POST /v1/panic": { reason: "an agent ran wild" },
  };

  it.each(Object.entries(STEP_UP))("%s: %s", async (key, row) => {
    const service = serve();
    const route = key as OperatorRouteKey;
    const held = await service.start();
    service.world.ports.inventory.add("reports/key");
    const { id: approval } = await askForApproval(service.world);
    const consent = await giveConsent(service);
    if (key.endsWith("/resume")) await service.suspend();
    if (key === "POST /v1/panic/lift") await service.panic();
    if (key === "POST /v1/accounts/{account}/lift")
      await service.operate("POST /v1/accounts/{account}/halt", {
        ...{ parameters: { account: ACCOUNT }, body: { reason: "a drill" } },
      });
    const place = { scope: "hub", reason: "a drill" };
    if (key === "POST /v1/conditions/{condition}/loosen")
      await service.operate("POST /v1/conditions/{condition}/tighten", {
        ...{ parameters: { condition: "change-freeze" }, body: { ...place, seconds: 600 } },
      });
    const condition = { condition: "change-freeze" };
    const parameters = {
      ...condition,
      agent: "demo",
      account: ACCOUNT,
      task: held.id,
      secret: "reports~key",
      approval,
      consent,
    };
    const body = BODIES[route];
    const query = key === "GET /v1/approvals" || key === "GET /v1/consents" ? "" : "agent=demo";
    const token =
      key.startsWith("POST ") && row === "in every deployment" ? decidersToken(service) : service.world.operatorToken();
    const { body: answer } = await service.operate(route, { parameters, query, token, ...(body ? { body } : {}) });
    expect(answer.code === "step_up_required").toBe(row !== "never");
  });
});

/** Token of a person of support and of security, who operates nothing. */
const decidersToken = (service: FakeService): string =>
  personsToken(service, "kim", { groups: ["support", "valetkey-security"] });

describe("changing an agent where stepUp is on", () => {
  const giving: readonly (readonly [string, object])[] = [
    ["another owner", { owner: "staff|bob" }],
    ["another team", { team: "other" }],
    ["labels", { labels: ["deployer"] }],
    ["no labels any more", { labels: [] }],
    ["other limits", { limits: { live_tasks: 3 } }],
    ["a later end", { ends_at: "2027-12-01T00:00:00Z" }],
    ["no end", { ends_at: null }],
  ];
  it.each(giving)("takes a vote for %s", async (_, body) => {
    const service = serve();
    service.world.addAgent({ id: "ending", endsAt: service.world.nowSeconds() + 86_400, labels: ["reader"] });
    const act = { ...change(body), agent: "ending" };
    expect(codeOf(await perform(service, act, "none"))).toBe("401 step_up_required");
    expect(codeOf(await perform(service, act))).toBe("200 done");
  });

  it.each([
    ["another name", { name: "Other" }],
    ["another contact", { contact: "team@acme.test" }],
    ["an end, where there was none", { ends_at: "2027-12-01T00:00:00Z" }],
    ["the owner that it has", { owner: "staff|owner" }],
  ])("takes none for %s, which gives nothing", async (_, body) => {
    const service = serve();
    expect(codeOf(await perform(service, change(body), "none"))).toBe("200 done");
    expect(service.world.ports.agents.events.at(-1)?.facts).not.toHaveProperty("step_up");
  });

  it("takes none for an earlier end", async () => {
    const service = serve();
    service.world.addAgent({ id: "ending", endsAt: service.world.nowSeconds() + 86_400 * 30 });
    const act = { ...change({ ends_at: "2026-11-30T00:00:00Z" }), agent: "ending" };
    expect(codeOf(await perform(service, act, "none"))).toBe("200 done");
  });

  it("takes a vote for what gives nothing to the agent as it was read, and gives something to the agent as it is now", async () => {
    const service = serve();
    const { agents } = service.world.ports;
    let changes = 0;
    agents.before = async (method) => {
      if (method !== "change") return;
      changes += 1;
      const current = agents.agents.get("demo");
      // Another operator lowers the limits at the same moment: the old ones, sent with a new name, would raise them
      // again.
      if (changes === 1 && current)
        agents.agents.set("demo", {
          ...current,
          limits: { ...current.limits, liveTasks: 1 },
          chain: { ...current.chain, n: current.chain.n + 1 },
        });
    };
    const same = { name: "Other", limits: { live_tasks: 50, task_seconds: 43_200, tasks_per_minute: 120 } };
    expect(agents.agents.get("demo")?.limits).toEqual(DEFAULT_LIMITS);
    const before = agents.agents.get("demo");
    if (before)
      agents.agents.set("demo", { ...before, limits: { liveTasks: 50, taskSeconds: 43_200, tasksPerMinute: 120 } });
    expect(codeOf(await perform(service, change(same), "none"))).toBe("503 contended");
    expect(agents.agents.get("demo")?.limits.liveTasks).toBe(1);
    expect(codeOf(await perform(service, change(same), "none"))).toBe("401 step_up_required");
  });
});

describe("an act that gives nothing takes no vote", () => {
  it.each<readonly [string, (service: FakeService) => Promise<Answer>]>([
    ["resuming an active agent", (s) => perform(s, { route: "POST /v1/agents/{agent}/resume", agent: "demo" }, "none")],
    ["lifting no panic", (s) => s.liftPanic()],
    [
      "going on with an offboarding",
      async (s) => {
        await perform(s, { route: "POST /v1/agents/{agent}/offboard", agent: "demo" });
        return s.offboard();
      },
    ],
    ["declaring a panic", (s) => s.panic()],
    [
      "halting an account",
      (s) => perform(s, { route: "POST /v1/accounts/{account}/halt", account: ACCOUNT, body: { reason: "x" } }, "none"),
    ],
    [
      "lifting no halt of an account",
      (s) => perform(s, { route: "POST /v1/accounts/{account}/lift", account: ACCOUNT }, "none"),
    ],
    ["suspending an agent", (s) => s.suspend()],
    ["ending a task", async (s) => s.endTask((await s.start()).id)],
  ])("%s", async (_, act) => {
    const { status } = await act(serve());
    expect(status).toBeLessThan(300);
  });

  it.each([
    ["acr", { clientId: "approvals", freshness: "acr", tokenExchange: "browser" }],
    ["hub", { clientId: "approvals", freshness: "auth_time", tokenExchange: "hub", secret: "s" }],
    ["no client for approvals", undefined],
  ] as const)(
    "an act that takes away works for people of an issuer with %s, and one that gives does not",
    async (_, approvals) => {
      const issuers = STEPPING_UP.issuers.map(({ approvals: __, ...issuer }) =>
        issuer.kind === "people" && approvals ? { ...issuer, approvals } : issuer,
      );
      const service = serve({ ...STEPPING_UP, issuers });
      expect((await service.suspend()).status).toBe(200);
      expect((await service.panic()).status).toBe(200);
      const lift: RequestedAct = { route: "POST /v1/panic/lift" };
      for (const vote of ["none", votedFor(service.world, lift)] as const)
        expect(codeOf(await perform(service, lift, vote))).toBe("403 operator_denied");
      expect(service.world.ports.panics.latest?.liftedAt).toBeUndefined();
    },
  );
});

describe("one sign-in is for one approval or one act (I9)", () => {
  const LIFT: RequestedAct = { route: "POST /v1/panic/lift" };
  /** Scene whose approver may operate, too, in a hub that is halted. */
  const scene = () => new ApprovalScene([permitting('@approval("sre")')], fakeWorld({ deployment: STEPPING_UP }));
  const bobs = ({ world }: ApprovalScene) =>
    world.operatorToken({ sub: "bob", groups: ["valetkey-operators", "g-sre", "valetkey-approvers"] });

  it("no vote of an approval is one for an act: alone, of a batch, of a broken glass, of a review", async () => {
    const { world } = scene();
    const service = new FakeService(world);
    await service.panic();
    const record = actRecord(world, LIFT);
    const hash = actHash(record);
    const { hash: approval } = await askForApproval(world);
    const nonces = [approval, voteNonce([hash, approval]), glassNonce(hash), reviewNonce(record)];
    for (const nonce of nonces) {
      const vote = actToken(world, record, { nonce });
      const { nonce: of, created_at } = record;
      expect(codeOf(await perform(service, LIFT, { vote, nonce: of, created_at }))).toBe("400 vote_invalid");
    }
    expect(world.ports.panics.latest?.liftedAt).toBeUndefined();
  });

  it("no vote for an act is one on an approval", async () => {
    const approving = scene();
    const { world } = approving;
    const held = await approving.waiting();
    const record = actRecord(world, LIFT);
    const token = actToken(world, record, { groups: ["g-sre", "valetkey-approvers"] }, "bob");
    const body = { decision: "approve", vote: token };
    const sent = { parameters: { approval: held.approval }, body, token: bobs(approving) };
    const answer = await approving.service.operate("POST /v1/approvals/{approval}/decide", sent);
    expect(codeOf(answer)).toBe("400 vote_invalid");
    // A stolen `approve` stores the vote, under its own nonce and as the request's.
    for (const hashes of [[actHash(record)], [recordHash(approving.record(held.approval))]]) {
      const person = { issuer: "staff", value: "bob" };
      await world.ports.ballots.putVote(held.approval, { person, token, hashes });
      expect(codeOf(await approving.poll(held))).toBe("400 authorization_pending");
      world.pass(6);
    }
  });

  it("a taken-over approve finds nothing among its stored votes that performs an act", async () => {
    const approving = scene();
    const { world } = approving;
    const service = new FakeService(world);
    const held = await approving.waiting();
    await approving.vote(held);
    await service.panic();
    const stored = [...(world.ports.ballots.votes.get(held.approval)?.values() ?? [])].map(({ token }) =>
      String(token),
    );
    expect(stored).toHaveLength(1);
    for (const vote of stored) {
      const sent = { ...votedFor(world, LIFT, {}, "bob"), vote };
      expect(codeOf(await perform(service, LIFT, sent, bobs(approving)))).toBe("400 vote_invalid");
    }
  });

  it("a sign-in that an approval has used performs no act", async () => {
    const approving = scene();
    const { world } = approving;
    const service = new FakeService(world);
    const held = await approving.waiting();
    await approving.vote(held);
    expect((await approving.poll(held)).status).toBe(200);
    await service.panic();
    const vote = votedFor(world, LIFT, {}, "bob");
    expect(codeOf(await perform(service, LIFT, vote, bobs(approving)))).toBe("409 sign_in_used");
    expect(world.ports.panics.latest?.liftedAt).toBeUndefined();
    world.pass(1);
    expect(codeOf(await perform(service, LIFT, votedFor(world, LIFT, {}, "bob"), bobs(approving)))).toBe("200 done");
  });

  it("a sign-in that an act has used gives no approval", async () => {
    const approving = scene();
    const { world } = approving;
    const service = new FakeService(world);
    const held = await approving.waiting();
    const other: RequestedAct = { route: "POST /v1/agents", body: FRESH };
    expect(codeOf(await perform(service, other, votedFor(world, other, {}, "bob"), bobs(approving)))).toBe("201 done");
    // Stored all the same: the exchange decides whether the vote counts.
    await approving.vote(held);
    expect((await approving.poll(held)).body.code).toBe("authorization_pending");
    world.pass(6);
    await approving.vote(held);
    expect((await approving.poll(held)).status).toBe(200);
  });
});
