import { describe, expect, it } from "vitest";
import type { HeldCondition } from "../../functions/core/conditions/held-condition.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { perform, type RequestedAct, STEPPING_UP, votedFor } from "../fakes/samples/voted-act.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const OBJECT = "arn:aws:s3:::acme-data/reports/a";
const reads = (...actions: readonly string[]) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: actions.length > 0 ? actions : ["s3:GetObject"], resources: [OBJECT] },
  ]),
});

const ANYTHING = "permit (principal is Agent, action, resource);";
const OPERATORS = 'permit (principal is User, action in Action::"valetkey:Operate", resource);';
/** Nothing goes on in a freeze; a team that responds may write. */
const FROZEN = [
  'permit (principal is Agent, action, resource) unless { context.conditions.contains("change-freeze") };',
  OPERATORS,
];
const RESPONDING = [
  'permit (principal is Agent, action == Action::"s3:GetObject", resource);',
  'permit (principal is Agent, action == Action::"s3:PutObject", resource) when { context.conditions.contains("responding") };',
  OPERATORS,
];

const serve = (texts: readonly string[] = FROZEN, deployment: Partial<typeof DEPLOYMENT> = {}) => {
  const world = fakeWorld({ deployment: { ...DEPLOYMENT, ...deployment } });
  return new FakeService(world, { ...world.ports, policies: cedarOf([...texts]) });
};

const change = (
  service: FakeService,
  what: "tighten" | "loosen",
  body: object,
  condition = "change-freeze",
): Promise<Answer> => service.operate(`POST /v1/conditions/{condition}/${what}`, { parameters: { condition }, body });
const freeze = (service: FakeService, scope = "hub", seconds = 3_600) =>
  change(service, "tighten", { scope, seconds, reason: "the quarter ends" });
const thaw = (service: FakeService, scope = "hub") => change(service, "loosen", { scope, reason: "it has ended" });

/** A condition as somebody put it, without an act of an operator. */
const held = (world: FakeWorld, changed: Partial<HeldCondition> = {}): HeldCondition => ({
  ...{ name: "change-freeze", scope: "hub", until: world.nowSeconds() + 600, at: world.nowSeconds() },
  ...{ by: "staff|alice", reason: "a drill", ...changed },
});

const DENIED = { status: 403, body: { code: "policy_denied" } };
/** Time after which no process decides on a set that it read before; seconds. */
const FORGOTTEN = 6;

describe("a condition that restricts", () => {
  it("stops what policy forbids under it, from its setting until somebody lifts it, with an event for each", async () => {
    const service = serve();
    const task = await service.start(reads());
    expect(await freeze(service)).toMatchObject({
      status: 200,
      body: {
        condition: "change-freeze",
        kind: "restricts",
        holds: [{ scope: "hub", set_by: "staff|alice", reason: "the quarter ends" }],
      },
    });
    service.world.pass(11);
    expect(await service.exchange(reads())).toMatchObject(DENIED);
    expect(await service.renew(task)).toMatchObject(DENIED);
    expect(await thaw(service)).toMatchObject({ status: 200, body: { holds: [] } });
    service.world.pass(FORGOTTEN);
    expect(await service.renew(task)).toMatchObject({ status: 200 });
    expect(await service.exchange(reads())).toMatchObject({ status: 200 });
    const { events } = service.world.ports.setConditions;
    const facts = { condition: "change-freeze", scope: "hub", by: "staff|alice" };
    expect(events.map((event) => [event.type, event.facts])).toEqual([
      ["condition.tightened", { ...facts, until: expect.any(Number), reason: "the quarter ends" }],
      ["condition.loosened", { ...facts, reason: "it has ended" }],
    ]);
  });

  it("ends by itself, at its end", async () => {
    const service = serve();
    await freeze(service, "hub", 60);
    expect(await service.exchange(reads())).toMatchObject(DENIED);
    service.world.pass(60);
    expect(await service.exchange(reads())).toMatchObject({ status: 200 });
    expect((await service.operate("GET /v1/conditions")).body.conditions).toContainEqual(
      expect.objectContaining({ condition: "change-freeze", holds: [] }),
    );
  });

  it("is not shortened by a later setting of the same place", async () => {
    const service = serve();
    await freeze(service, "hub", 3_600);
    await freeze(service, "hub", 60);
    service.world.pass(120);
    expect(await service.exchange(reads())).toMatchObject(DENIED);
  });

  it.each([
    [`account:${ACCOUNT}`, DENIED],
    ["account:222233334444", { status: 200 }],
    ["team:demo", DENIED],
    ["team:other", { status: 200 }],
    ["agent:demo", DENIED],
    ["agent:tickets", { status: 200 }],
    ["agent:team", { status: 200 }],
  ])("holds in its place alone: %s", async (scope, answer) => {
    const accounts = [...DEPLOYMENT.accounts, { ...DEPLOYMENT.accounts[0], id: accountId("222233334444") }];
    const service = serve(FROZEN, { accounts } as Partial<typeof DEPLOYMENT>);
    service.world.addAgent({ id: "team" });
    expect(await freeze(service, scope)).toMatchObject({ status: 200 });
    expect(await service.exchange(reads())).toMatchObject(answer);
  });

  it("counts for a sub-agent by its own place, and by the place of each task above", async () => {
    const service = serve();
    const parent = await service.start(reads());
    const child = await service.startBelow(parent, reads());
    service.world.pass(11);
    expect(await service.renew(child)).toMatchObject({ status: 200 });
    await freeze(service, "agent:demo");
    service.world.pass(11);
    expect(await service.renew(child)).toMatchObject(DENIED);
  });
});

describe("a condition that is set while a request is decided", () => {
  it("is seen after the write: nothing is handed out, and the task is withdrawn", async () => {
    const service = serve();
    // The process has read that nothing holds.
    await service.start(reads());
    await freeze(service);
    const before = service.world.ports.tasks.events.length;
    expect(await service.exchange(reads())).toMatchObject(DENIED);
    const types = service.world.ports.tasks.events.slice(before).map(({ type }) => type);
    expect(types).toContain("task.opened");
    expect(types).toContain("task.ended");
  });

  it("changes nothing where policy decides alike with it", async () => {
    const service = serve([ANYTHING, OPERATORS]);
    await service.start(reads());
    await freeze(service);
    expect(await service.exchange(reads())).toMatchObject({ status: 200 });
  });

  it("is refused where policy then grants by another permit, which may have other terms", async () => {
    const service = serve([
      ...FROZEN,
      '@maxTtl("5m") permit (principal is Agent, action, resource) when { !context.conditions.contains("x") };',
    ]);
    await service.start(reads());
    await freeze(service);
    const { body } = await service.exchange(reads());
    expect(body).toMatchObject({ code: "policy_denied" });
    expect(JSON.stringify(body)).toContain("changed meanwhile");
    service.world.pass(FORGOTTEN);
    expect(await service.exchange(reads())).toMatchObject({ status: 200 });
  });

  it("is seen by a renewal", async () => {
    const service = serve();
    const task = await service.start(reads());
    service.world.pass(11);
    await service.exchange(reads());
    await freeze(service);
    expect(await service.renew(task)).toMatchObject(DENIED);
  });

  it("is seen by a child where it holds for a task above", async () => {
    const service = serve();
    const parent = await service.start(reads());
    await freeze(service, "agent:demo");
    const token = await service.delegation(parent);
    const answer = await service.exchangeDelegation(token, reads());
    expect(answer).toMatchObject(DENIED);
    expect(service.world.ports.sessions.asked.at(-1)?.path).not.toBe(parent.id);
  });

  it.each([
    ["tasks.open", 403],
    ["tasks.read", 403],
    ["agents.living", 403],
    // After the read that follows the write. Such a task is recorded, so whoever set the condition finds it.
    ["agents.markUsed", 200],
    ["tasks.confirm", 200],
  ] as const)("before %s: answers %d", async (call, status) => {
    const service = serve();
    await service.start(reads());
    const { tasks, agents, setConditions } = service.world.ports;
    service.world.pass(86_400);
    for (const [name, port] of Object.entries({ tasks, agents }))
      port.before = (called?: unknown) => {
        if (`${name}.${called}` === call) setConditions.put("restricts", held(service.world));
      };
    expect((await service.exchange(reads())).status).toBe(status);
    expect(await setConditions.list("restricts", service.world.nowSeconds())).toHaveLength(1);
    for (const port of [tasks, agents]) port.before = () => undefined;
    expect(await service.exchange(reads())).toMatchObject(DENIED);
  });

  it("is not overlooked where the store fails: 503, and nothing is handed out", async () => {
    const service = serve();
    await service.start(reads());
    service.world.ports.setConditions.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(await service.exchange(reads())).toMatchObject({ status: 503 });
    service.world.pass(FORGOTTEN);
    expect(await service.exchange(reads())).toMatchObject({ status: 503 });
  });
});

describe("a condition that permits", () => {
  it("permits more from its setting until its end, and an operator may end it early", async () => {
    const service = serve(RESPONDING);
    const respond = () =>
      change(service, "loosen", { scope: "team:demo", seconds: 3_600, reason: "an incident" }, "responding");
    expect(await service.exchange(reads("s3:PutObject"))).toMatchObject(DENIED);
    expect(await respond()).toMatchObject({ status: 200, body: { kind: "permits", holds: [{ scope: "team:demo" }] } });
    service.world.pass(FORGOTTEN);
    const task = await service.start(reads("s3:PutObject"));
    service.world.pass(11);
    const ending = { scope: "team:demo", reason: "it is over" };
    expect(await change(service, "tighten", ending, "responding")).toMatchObject({ status: 200, body: { holds: [] } });
    // The process still knows that it holds; the read after the write does not.
    expect(await service.renew(task)).toMatchObject(DENIED);
    await respond();
    service.world.pass(3_600);
    expect(await service.exchange(reads("s3:PutObject"))).toMatchObject(DENIED);
  });

  it("does not hold where a function that may only restrict has put it", async () => {
    const service = serve(RESPONDING);
    service.world.ports.setConditions.put("restricts", held(service.world, { name: "responding", scope: "team:demo" }));
    expect(await service.exchange(reads("s3:PutObject"))).toMatchObject(DENIED);
  });

  it("does not hold in a kind of place that valetkey.json does not give it", async () => {
    const service = serve(RESPONDING);
    service.world.ports.setConditions.put("permits", held(service.world, { name: "responding", scope: "hub" }));
    expect(await service.exchange(reads("s3:PutObject"))).toMatchObject(DENIED);
  });
});

describe("a condition that comes between the decision and the write", () => {
  it("has the sessions of an opening and of a renewal proven anew, by what holds then", async () => {
    const proven: (readonly string[])[] = [];
    const world = fakeWorld();
    const { proofs } = world.ports;
    const watched: typeof proofs = {
      ofVend: () => {
        const vend = proofs.ofVend();
        return {
          answer: (question) => {
            proven.push(question.asker.conditions);
            return vend.answer(question);
          },
        };
      },
    };
    const service = new FakeService(world, {
      ...world.ports,
      proofs: watched,
      policies: cedarOf([ANYTHING, OPERATORS]),
    });
    const task = await service.start(reads());
    service.world.pass(11);
    await service.exchange(reads());
    await freeze(service);
    proven.length = 0;
    expect(await service.exchange(reads())).toMatchObject({ status: 200 });
    expect(proven).toEqual([[], ["change-freeze"]]);
    proven.length = 0;
    await thaw(service);
    expect(await service.renew(task)).toMatchObject({ status: 200 });
    expect(proven).toEqual([["change-freeze"], []]);
  });
});

describe("the routes of conditions", () => {
  it("list each condition of valetkey.json, and where it holds", async () => {
    const service = serve();
    await freeze(service, "team:demo", 600);
    expect((await service.operate("GET /v1/conditions")).body).toMatchObject({
      conditions: [
        { condition: "change-freeze", kind: "restricts", longest_seconds: 259_200, holds: [{ scope: "team:demo" }] },
        { condition: "responding", kind: "permits", scopes: ["team", "agent"], holds: [] },
      ],
    });
  });

  it.each([
    ["tighten", { scope: "hub", reason: "r" }, /seconds says for how long/],
    ["tighten", { scope: "hub", seconds: 259_201, reason: "r" }, /259200 seconds at most/],
    ["loosen", { scope: "hub", seconds: 60, reason: "r" }, /leave out seconds/],
    ["tighten", { scope: "account:1", seconds: 60, reason: "r" }, /scope/],
    ["tighten", { scope: "account:222233334444", seconds: 60, reason: "r" }, /no target account 222233334444/],
    ["tighten", { scope: "agent:nobody", seconds: 60, reason: "r" }, /no agent nobody/],
    ["tighten", { scope: "agent:Demo", seconds: 60, reason: "r" }, /scope/],
    ["tighten", { scope: "hub", seconds: 60 }, /reason/],
  ] as const)("refuse to %s with %j, and name the fault", async (what, body, say) => {
    const service = serve();
    await freeze(service);
    const answer = await change(service, what, body);
    expect(answer).toMatchObject({ status: 400, body: { code: "malformed_request" } });
    expect(JSON.stringify(answer.body)).toMatch(say);
    expect(service.world.ports.setConditions.events).toHaveLength(1);
  });

  it("refuse a place that valetkey.json does not give the condition", async () => {
    const service = serve();
    const body = { scope: "hub", seconds: 60, reason: "r" };
    const answer = await change(service, "loosen", body, "responding");
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.stringify(answer.body)).toContain("team, agent");
  });

  it("change nothing where nothing is set there, and take no vote for it", async () => {
    const service = serve(FROZEN, { stepUp: true } as object);
    expect(await thaw(service)).toMatchObject({ status: 200, body: { holds: [] } });
    expect(service.world.ports.setConditions.events).toEqual([]);
  });

  it("refuse an operator whom policy permits nothing of it", async () => {
    const service = serve(FROZEN.slice(0, 1), { operators: [] });
    for (const answer of [await freeze(service), await thaw(service), await service.operate("GET /v1/conditions")])
      expect(answer).toMatchObject({ status: 403, body: { code: "operator_denied" } });
    expect(service.world.ports.setConditions.events).toEqual([]);
  });

  it("take a vote to loosen where stepUp is on, for exactly this act, and none to tighten", async () => {
    const world = fakeWorld({ deployment: STEPPING_UP });
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([...FROZEN]) });
    expect(await freeze(service)).toMatchObject({ status: 200 });
    expect(await thaw(service)).toMatchObject({ status: 401, body: { code: "step_up_required" } });
    const lift: RequestedAct = {
      route: "POST /v1/conditions/{condition}/loosen",
      condition: "change-freeze",
      body: { scope: "hub", reason: "it has ended" },
    };
    const other = { ...lift, body: { scope: "team:demo", reason: "it has ended" } };
    expect(await perform(service, lift, votedFor(world, other))).toMatchObject({
      status: 400,
      body: { code: "vote_invalid" },
    });
    expect(await perform(service, lift)).toMatchObject({ status: 200, body: { holds: [] } });
    expect(world.ports.setConditions.events.at(-1)?.facts.step_up).toMatchObject({ keys: expect.any(Object) });
    world.pass(1);
    const respond: RequestedAct = {
      ...{ route: "POST /v1/conditions/{condition}/loosen", condition: "responding" },
      body: { scope: "team:demo", seconds: 600, reason: "an incident" },
    };
    expect(await perform(service, respond, "none")).toMatchObject({ status: 401, body: { code: "step_up_required" } });
    expect(await perform(service, respond)).toMatchObject({ status: 200, body: { holds: [{ scope: "team:demo" }] } });
    expect(world.ports.setConditions.events.at(-1)?.facts.step_up).toMatchObject({ keys: expect.any(Object) });
  });
});
