import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { Done, RuleId } from "../../contract/names.ts";
import type { Deployment } from "../../functions/core/deployment/deployment.ts";
import type { Escalation } from "../../functions/core/deployment/escalation-rules.ts";
import { detectionId } from "../../functions/core/escalation/detection.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { recheckBatch } from "../../functions/recheck/recheck-batch.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { EscalationScene } from "./escalation-scene.ts";

watchWorlds();

/** Reads of a watched agent go on, and its writes do not. */
const POLICIES = cedarOf([
  'permit (principal is Agent, action == Action::"s3:GetObject", resource);',
  'permit (principal is Agent, action == Action::"s3:PutObject", resource) unless { context.conditions.contains("watched") };',
  "permit (principal is User, action, resource);",
]);
const WATCHED = { name: "watched", kind: "restricts", scopes: ["agent"], longestSeconds: 86_400 } as const;
const CONDITIONS = [
  WATCHED,
  { ...WATCHED, name: "everywhere", scopes: ["hub"] },
  { ...WATCHED, name: "relaxed", kind: "permits" },
  { ...WATCHED, name: "brief", longestSeconds: 600 },
] as const;

const detailsOf = (action: string) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account: ACCOUNT, actions: [action], resources: ["arn:aws:s3:::acme-data/reports/a"] },
  ]),
});
const [READS, WRITES] = [detailsOf("s3:GetObject"), detailsOf("s3:PutObject")];
const DENIED = { status: 403, body: { code: "policy_denied" } };

/** Rules that watch an agent where they could suspend it. */
class Watching extends EscalationScene {
  constructor(escalation: Escalation = { E4: "set:watched" }, changed: Partial<Deployment> = {}) {
    super(escalation, POLICIES, { conditions: CONDITIONS, ...changed });
    this.world.addAgent({ id: "other" });
  }

  start(agent = "demo", intent: object = WRITES) {
    return this.service.start({ ...intent, subject_token: this.world.agentToken({ sub: `agent:${agent}` }) });
  }

  async startFor(sub: string) {
    const own = this.world.agentToken({ sub: "agent:demo" });
    const { body } = await this.service.exchangeFor(this.world.personToken({ sub }), { ...READS, actor_token: own });
    if (!body.task) throw new Error(`not started: ${JSON.stringify(body)}`);
    return body.task;
  }

  async tell({ id: task }: { readonly id: string }, rule: RuleId = "E4", at = this.world.nowSeconds()): Promise<void> {
    const detail = { account: ACCOUNT, action: "iam:CreateUser", error: "AccessDenied", key_id: "ASIA1" };
    await this.tellIntake({ id: detectionId(rule, ACCOUNT, task, at), rule, at, task, ...detail });
  }

  /** Conditions that hold, each with its place and the seconds that are left. */
  async held() {
    const now = this.world.nowSeconds();
    return (await this.world.ports.setConditions.list("restricts", now)).map(
      ({ name, scope, until }) => `${name} ${scope} ${until - now}`,
    );
  }

  done(): readonly unknown[] {
    return this.records().map(({ facts }) => [facts.done, facts.wanted]);
  }

  agentStatus(id = "demo") {
    return this.world.ports.agents.agents.get(id)?.status;
  }
}

describe("a rule of escalation that sets a condition", () => {
  it.each(["E2", "E4", "E6"] as const)(
    "sets it for the task's agent alone, for an hour, and ends and suspends nothing itself: %s",
    async (rule) => {
      const watching = new Watching({ [rule]: "set:watched" });
      const [held, other] = [await watching.start(), await watching.start("other")];
      await watching.tell(held, rule);
      expect(await watching.held()).toEqual(["watched agent:demo 3600"]);
      expect([watching.status(held.id), watching.agentStatus()]).toEqual(["active", "active"]);
      expect(watching.records()).toMatchObject([{ facts: { rule, agent: "demo", done: "set:watched" } }]);
      const { events } = watching.world.ports.setConditions;
      expect(events).toMatchObject([
        {
          type: "condition.tightened",
          facts: {
            ...{ condition: "watched", scope: "agent:demo", until: watching.world.nowSeconds() + 3_600 },
            ...{ by: expect.stringMatching(new RegExp(`^escalation:${rule}:`)), reason: expect.stringMatching(/\.$/) },
          },
        },
      ]);
      watching.world.pass(11);
      expect(await watching.service.renew(held)).toMatchObject(DENIED);
      expect(await watching.service.exchange(WRITES)).toMatchObject(DENIED);
      expect(await watching.service.exchange(READS)).toMatchObject({ status: 200 });
      expect(await watching.service.renew(other)).toMatchObject({ status: 200 });
      watching.world.pass(3_600);
      expect(await watching.service.exchange(WRITES)).toMatchObject({ status: 200 });
    },
  );

  it("has the agent's live tasks decided anew, as every tightening has: those end that policy denies now", async () => {
    const watching = new Watching();
    const [writes, reads] = [await watching.start(), await watching.start("demo", READS)];
    await watching.tell(reads);
    const [event] = watching.world.ports.setConditions.events;
    const body = JSON.stringify({ ...event?.facts, agents: [agentId("demo")] });
    await recheckBatch({ Records: [{ messageId: "m", receiptHandle: "r", body }] }, watching.world.ports);
    expect([writes, reads].map(({ id }) => watching.status(id))).toEqual(["revoked", "active"]);
    expect(watching.world.ports.tasks.events.at(-1)?.facts.by).toBe("condition:watched");
  });

  it("sets it no longer than `valetkey.json` permits", async () => {
    const watching = new Watching({ E4: "set:brief" });
    await watching.tell(await watching.start());
    expect(await watching.held()).toEqual(["brief agent:demo 600"]);
  });

  it("sets it once for each detection: an event that comes again prolongs nothing, and undoes no lift by a person", async () => {
    const watching = new Watching();
    const held = await watching.start();
    const at = watching.world.nowSeconds();
    await watching.tell(held, "E4", at);
    watching.world.pass(60);
    await watching.tell(held, "E4", at);
    expect(await watching.held()).toEqual(["watched agent:demo 3540"]);
    const lifted = await watching.service.operate("POST /v1/conditions/{condition}/loosen", {
      parameters: { condition: "watched" },
      body: { scope: "agent:demo", reason: "it was a mistake" },
    });
    expect(lifted).toMatchObject({ status: 200, body: { holds: [] } });
    await watching.tell(held, "E4", at);
    expect(await watching.held()).toEqual([]);
  });

  it("is tried again after an outage, since the condition was not set", async () => {
    const watching = new Watching();
    const held = await watching.start();
    const { setConditions } = watching.world.ports;
    setConditions.before = () => {
      throw new Refusal("store_unavailable");
    };
    await expect(watching.tell(held)).rejects.toThrow("store_unavailable");
    setConditions.before = () => undefined;
    await watching.tell(held);
    expect(await watching.held()).toEqual(["watched agent:demo 3600"]);
    expect(watching.done()).toEqual([["set:watched", undefined]]);
  });

  it("shows who set it, and why, in the list of conditions", async () => {
    const watching = new Watching();
    await watching.tell(await watching.start());
    const { body } = await watching.service.operate("GET /v1/conditions");
    expect(body.conditions).toContainEqual(
      expect.objectContaining({
        condition: "watched",
        holds: [
          expect.objectContaining({
            scope: "agent:demo",
            set_by: expect.stringMatching(/^escalation:E4:/),
            reason: expect.stringContaining("AWS denied a write"),
          }),
        ],
      }),
    );
  });
});

describe("a rule of escalation that sets a condition is no lever", () => {
  it("Beyond the cap of an hour the task ends, and the agent is not watched", async () => {
    const watching = new Watching({ E4: "set:watched", suspensionsPerHour: 1 });
    const [one, two] = [await watching.start(), await watching.start("other")];
    for (const held of [one, two]) await watching.tell(held);
    expect(await watching.held()).toEqual(["watched agent:demo 3600"]);
    expect([one, two].map(({ id }) => watching.status(id))).toEqual(["active", "revoked"]);
    expect(watching.done()).toEqual([
      ["set:watched", undefined],
      ["end_task", "set:watched"],
    ]);
  });

  it("A person whose task breaks a rule loses that task, and has the shared agent watched for nobody", async () => {
    const watching = new Watching();
    const [pats, kims] = [await watching.startFor("pat"), await watching.startFor("kim")];
    for (const _ of [1, 2]) await watching.tell(pats);
    expect([pats, kims].map(({ id }) => watching.status(id))).toEqual(["revoked", "active"]);
    expect(await watching.held()).toEqual([]);
    expect(watching.done()).toEqual([["end_task", "set:watched"]]);
    await watching.tell(kims);
    expect(await watching.held()).toEqual([]);
    // An agent that somebody has taken over shows at many parties.
    await watching.tell(await watching.startFor("lee"));
    expect(await watching.held()).toEqual(["watched agent:demo 3600"]);
  });

  it("A call from before a person resumed the agent has it watched no more", async () => {
    const watching = new Watching();
    const held = await watching.start();
    const at = watching.world.nowSeconds();
    for (const act of ["suspend", "resume"] as const) {
      watching.world.pass(60);
      await watching.service.operate(`POST /v1/agents/{agent}/${act}`, { parameters: { agent: "demo" } });
    }
    await watching.tell(held, "E4", at);
    expect(await watching.held()).toEqual([]);
    expect(watching.done()).toEqual([["alarm", "set:watched"]]);
  });

  it.each<readonly [string, RuleId, Done]>([
    ["is not defined", "E4", "set:unknown"],
    ["permits", "E4", "set:relaxed"],
    ["has no scope of an agent", "E4", "set:everywhere"],
    ["the rule must not set", "E1", "set:watched"],
  ])("A condition that %s is an alarm, though the deployed configuration names it", async (_, rule, response) => {
    const watching = new Watching({ [rule]: response });
    const held = await watching.start();
    await watching.tell(held, rule);
    expect(watching.world.ports.setConditions.events).toEqual([]);
    expect([watching.status(held.id), watching.agentStatus()]).toEqual(["active", "active"]);
    expect(watching.done()).toEqual([["alarm", undefined]]);
  });
});
