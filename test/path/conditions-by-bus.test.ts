import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ConditionScope } from "../../contract/condition-scope.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import type { DeployedCondition } from "../../functions/core/deployment/deployed-condition.ts";
import { intake } from "../../functions/intake/intake.ts";
import { SETTINGS_AN_HOUR } from "../../functions/intake/set-condition.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { workRechecks } from "./work-rechecks.ts";

watchWorlds();

const OTHER = "222233334444";
const [ENDER = ""] = DEPLOYMENT.bus.publishers;
const FREEZE = {
  name: "freeze",
  kind: "restricts",
  scopes: ["hub", "account", "agent"],
  longestSeconds: 7_200,
} as const;
const bus = (publisher: string, scopes: readonly ConditionScopeKind[] = ["account"], endsAnHour = 2) => ({
  bus: { publishers: [accountId(publisher)], scopes, endsAnHour },
});
type ConditionScopeKind = DeployedCondition["scopes"][number];

const CONDITIONS: readonly DeployedCondition[] = [
  { ...FREEZE, ...bus(ACCOUNT) },
  { ...FREEZE, name: "wide", ...bus(ACCOUNT, ["hub", "agent"]) },
  { ...FREEZE, name: "foreign", ...bus(OTHER) },
  { ...FREEZE, name: "by-people" },
];
const POLICIES = cedarOf([
  'permit (principal is Agent, action, resource) unless { context.conditions.containsAny(["freeze", "wide", "by-people"]) };',
  'permit (principal is User, action in Action::"valetkey:Operate", resource);',
]);
const READS = {
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/a"] },
  ]),
};
const BY_FREEZE = "revoked by condition:freeze";

type Fields = Readonly<Record<string, unknown>>;

/** Conditions that publishers set by events on the bus. */
class Scene {
  readonly world = fakeWorld({ deployment: { ...DEPLOYMENT, conditions: CONDITIONS } });
  readonly ports = { ...this.world.ports, policies: POLICIES };
  readonly service = new FakeService(this.world, this.ports);

  /** Event of the account of the tasks, as EventBridge would hand it over. */
  event(detail: Fields = {}, changed: Fields = {}): Fields {
    return {
      ...{ version: "0", id: randomUUID(), "detail-type": "condition.set", source: "valetkey.request" },
      account: ACCOUNT,
      time: new Date(this.world.nowSeconds() * 1_000).toISOString(),
      detail: {
        ...{ version: "1", condition: "freeze", scope: `account:${ACCOUNT}`, seconds: 3_600 },
        ...{ reason: "an incident", requested_by: "pager", ...detail },
      },
      ...changed,
    };
  }

  take = (event: unknown): Promise<void> => intake(event, this.ports);

  /** Starts a task of an agent of its own. */
  startOf(agent: string): Promise<Held> {
    if (agent !== "demo") this.world.addAgent({ id: agent });
    return this.service.start({ ...READS, subject_token: this.world.agentToken({ sub: `agent:${agent}` }) });
  }

  change(what: "tighten" | "loosen" | "recheck", condition: string, body: object) {
    return this.service.operate(`POST /v1/conditions/{condition}/${what}`, { parameters: { condition }, body });
  }

  /** Works the queue of rechecks off that the journal's events begin. */
  async work(): Promise<void> {
    expect(await workRechecks(this.world, this.ports)).toBe(0);
  }

  state({ id }: Held): string {
    const { status, endedBy } = this.world.ports.tasks.tasks.get(id as never) ?? {};
    return status === "active" ? status : `${status} by ${endedBy}`;
  }

  states = (tasks: readonly Held[]): readonly string[] => tasks.map((each) => this.state(each)).sort();

  /** Conditions that hold, each with its place and the seconds that are left. */
  async held() {
    const now = this.world.nowSeconds();
    return (await this.ports.setConditions.list("restricts", now)).map(
      ({ name, scope, until }) => `${name} ${scope} ${until - now}`,
    );
  }

  records = () => this.world.ports.tasks.events.filter(({ type }) => type.startsWith("event."));
  lines = (event: string) => this.world.lines.filter((line) => line.event === event);
}

describe("an event of a condition's publisher", () => {
  it("sets it in the sender's own account, and ends what policy then denies there", async () => {
    const scene = new Scene();
    const held = await scene.startOf("demo");
    const event = scene.event();
    await scene.take(event);
    expect(await scene.held()).toEqual([`freeze account:${ACCOUNT} 3600`]);
    const facts = { condition: "freeze", scope: `account:${ACCOUNT}`, reason: "an incident" };
    expect(scene.records()).toMatchObject([{ type: "event.taken", facts: { ...facts, account: ACCOUNT } }]);
    expect(scene.ports.setConditions.events).toMatchObject([
      { type: "condition.tightened", facts: { ...facts, by: `event:${event.id}` } },
    ]);
    await scene.work();
    expect(scene.state(held)).toBe(BY_FREEZE);
  });

  it("sets it from the event's own time, and for the condition's longest time at most", async () => {
    const scene = new Scene();
    const late = { time: new Date((scene.world.nowSeconds() - 600) * 1_000).toISOString() };
    await scene.take(scene.event({}, late));
    await scene.take(scene.event({ seconds: 999_999 }));
    expect(await scene.held()).toEqual([`freeze account:${ACCOUNT} 3000`, `freeze account:${ACCOUNT} 7200`]);
  });

  it("sets nothing where it comes again, even after a person has lifted the condition", async () => {
    const scene = new Scene();
    const event = scene.event();
    await scene.take(event);
    await scene.change("loosen", "freeze", { scope: `account:${ACCOUNT}`, reason: "over" });
    await scene.take(event);
    expect(await scene.held()).toEqual([]);
  });

  it.each<ConditionScope>(["hub", "agent:demo"])("sets it in %s where its bus lists such places", async (scope) => {
    const scene = new Scene();
    await scene.take(scene.event({ condition: "wide", scope }));
    expect(await scene.held()).toEqual([`wide ${scope} 3600`]);
  });

  it.each<readonly [string, string, (scene: Scene) => Fields]>([
    ["for another account", "out_of_scope", (s) => s.event({ scope: `account:${OTHER}` })],
    ["for the hub, which is not listed", "out_of_scope", (s) => s.event({ scope: "hub" })],
    ["for an agent, which is not listed", "out_of_scope", (s) => s.event({ scope: "agent:demo" })],
    ["for its account, which is not listed", "out_of_scope", (s) => s.event({ condition: "wide" })],
    ["for a place that is none", "malformed", (s) => s.event({ scope: "account:1" })],
    ["without a place", "malformed", (s) => s.event({ scope: undefined })],
    ["for less than a minute", "malformed", (s) => s.event({ seconds: 59 })],
    ["for a part of a second", "malformed", (s) => s.event({ seconds: 60.5 })],
    ["for a time in words", "malformed", (s) => s.event({ seconds: "1h" })],
    ["that names an agent, too", "malformed", (s) => s.event({ agent: "demo" })],
    ["without a reason", "malformed", (s) => s.event({ reason: "" })],
    ["of another version", "unknown_version", (s) => s.event({ version: "2" })],
    ["from another condition's publisher", "not_a_publisher", (s) => s.event({}, { account: OTHER })],
    ["from a publisher of endings", "not_a_publisher", (s) => s.event({}, { account: ENDER })],
    ["from the hub's account", "not_a_publisher", (s) => s.event({}, { account: DEPLOYMENT.bus.own })],
    [
      "under the hub's own source",
      "not_a_publisher",
      (s) => s.event({}, { account: DEPLOYMENT.bus.own, source: "valetkey" }),
    ],
    ["of a condition without a bus", "not_a_publisher", (s) => s.event({ condition: "by-people" })],
    ["for an account that is no target", "unknown", (s) => s.event(...FOREIGN)],
    ["for an agent that nobody registered", "unknown", (s) => s.event({ condition: "wide", scope: "agent:nobody" })],
    [
      "whose time has passed",
      "late",
      (s) => s.event({}, { time: new Date((s.world.nowSeconds() - 3_600) * 1_000).toISOString() }),
    ],
  ])("is refused %s: %s", async (_, why, event) => {
    const scene = new Scene();
    const held = await scene.startOf("demo");
    await scene.take(event(scene));
    await scene.work();
    expect(await scene.held()).toEqual([]);
    expect(scene.state(held)).toBe("active");
    expect(scene.records()).toMatchObject([{ type: "event.refused", facts: { why } }]);
    expect(scene.lines("event_refused")).toMatchObject([{ level: "error", why }]);
  });

  it("of a condition that nobody defined is in the log alone", async () => {
    const scene = new Scene();
    await scene.take(scene.event({ condition: "constructor" }));
    expect(scene.records()).toEqual([]);
    expect(scene.lines("event_refused")).toMatchObject([{ why: "not_a_publisher" }]);
  });

  it("can end nothing itself: the endings have publishers of their own", async () => {
    const scene = new Scene();
    const { id: task } = await scene.startOf("demo");
    const { reason, requested_by } = scene.event().detail as Fields;
    for (const [type, about] of [
      ["task.end", { task }],
      ["agent.suspend", { agent: "demo" }],
      ["agent.offboard", { agent: "demo" }],
      ["person.offboard", { person: "staff|pat" }],
    ] as const)
      await scene.take({
        ...scene.event(),
        "detail-type": type,
        detail: { version: "1", reason, requested_by, ...about },
      });
    expect(scene.lines("event_refused").map(({ why }) => why)).toEqual(Array(4).fill("not_a_publisher"));
    expect(scene.world.ports.agents.agents.get("demo")?.status).toBe("active");
  });

  it(`sets a condition ${SETTINGS_AN_HOUR} times an hour at most, since each is read by every decision; a repeat counts once`, async () => {
    const scene = new Scene();
    const events = Array.from({ length: SETTINGS_AN_HOUR + 1 }, (_, index) => scene.event({ seconds: 600 + index }));
    for (const event of [...events, ...events]) await scene.take(event);
    expect(await scene.held()).toHaveLength(SETTINGS_AN_HOUR);
    expect(scene.lines("event_refused")).toMatchObject([{ why: "too_many" }, { why: "too_many" }]);
    scene.world.pass(3_600);
    await scene.take(scene.event({ seconds: 7_000 }));
    expect(await scene.held()).toEqual([`freeze account:${ACCOUNT} 7000`]);
  });
});

/** Event for an account that sets the condition by right, and is no target. */
const FOREIGN = [{ condition: "foreign", scope: `account:${OTHER}` }, { account: OTHER }] as const;

describe("the endings because of events on the bus", () => {
  const AGENTS = ["demo", "second", "third"] as const;
  /** Starts a task of each agent, at that many seconds before an hour's end, if any are given. */
  const started = async (before?: number) => {
    const scene = new Scene();
    if (before !== undefined) scene.world.pass(3_600 - (scene.world.nowSeconds() % 3_600) - before);
    const tasks: Held[] = [];
    for (const agent of AGENTS) tasks.push(await scene.startOf(agent));
    return { scene, tasks };
  };
  const IN_ACCOUNT = { scope: `account:${ACCOUNT}` };

  it("are bounded within an hour: the alarm's line counts the others, which are not renewed", async () => {
    const { scene, tasks } = await started();
    await scene.take(scene.event());
    await scene.work();
    expect(scene.states(tasks)).toEqual(["active", BY_FREEZE, BY_FREEZE]);
    expect(scene.lines("condition_bounded")).toMatchObject([{ level: "error", condition: "freeze", spared: 1 }]);
    scene.world.pass(11);
    const [spared] = tasks.filter((each) => scene.state(each) === "active");
    expect(spared && (await scene.service.renew(spared))).toMatchObject({ status: 403 });
  });

  it("go on in the next hour", async () => {
    const { scene, tasks } = await started(10);
    await scene.take(scene.event());
    await scene.work();
    scene.world.pass(11);
    await scene.take(scene.event());
    await scene.work();
    expect(scene.states(tasks).filter((each) => each !== "active")).toHaveLength(3);
  });

  it("are those of an operator who asks for them, without a bound", async () => {
    const { scene, tasks } = await started();
    await scene.take(scene.event());
    await scene.work();
    await scene.change("recheck", "freeze", IN_ACCOUNT);
    expect(scene.states(tasks)).toEqual([BY_FREEZE, BY_FREEZE, BY_FREEZE]);
  });

  it("have no bound where a person has set the condition, too", async () => {
    const { scene, tasks } = await started();
    await scene.change("tighten", "freeze", { ...IN_ACCOUNT, seconds: 600, reason: "a drill" });
    await scene.take(scene.event());
    await scene.work();
    expect(scene.states(tasks)).toEqual([BY_FREEZE, BY_FREEZE, BY_FREEZE]);
    expect(scene.lines("condition_bounded")).toEqual([]);
  });

  it("have no way around the bound by a condition that denies nothing", async () => {
    const { scene, tasks } = await started();
    await scene.take(scene.event());
    await scene.work();
    await scene.change("tighten", "foreign", { ...IN_ACCOUNT, seconds: 600, reason: "a drill" });
    await scene.work();
    expect(scene.states(tasks)).toEqual(["active", BY_FREEZE, BY_FREEZE]);
  });

  it("are none where the condition has lost its bus since", async () => {
    const { scene, tasks } = await started();
    await scene.take(scene.event());
    Object.assign(scene.ports, { deployment: { ...scene.ports.deployment, conditions: [FREEZE] } });
    await scene.work();
    expect(scene.states(tasks)).toEqual(["active", "active", "active"]);
  });
});
