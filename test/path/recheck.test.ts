import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { AGENTS_IN_MESSAGE, type Recheck } from "../../functions/core/conditions/recheck.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { type RecheckPorts, recheckBatch } from "../../functions/recheck/recheck-batch.ts";
import { FakeService, type Held } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, fakeWorld } from "../fakes/world/world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ApprovalScene, permitting } from "./approvals/approving.ts";
import { deliverRechecks, workRechecks } from "./work-rechecks.ts";

watchWorlds();

const reads = (account = ACCOUNT) => ({
  authorization_details: JSON.stringify([
    { type: "aws", account, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/a"] },
  ]),
});
const OPERATORS = 'permit (principal is User, action in Action::"valetkey:Operate", resource);';
const unless = (condition: string): string =>
  `permit (principal is Agent, action, resource) unless { context.conditions.contains("${condition}") };`;
const OTHER = "222233334444";
const ACCOUNTS = DEPLOYMENT.accounts.flatMap((each) => [each, { ...each, id: accountId(OTHER) }]);

/** World in which conditions are tightened, and the queue is worked off. */
class Scene {
  readonly service: FakeService;
  readonly ports: RecheckPorts;

  constructor(texts: readonly string[] = [unless("change-freeze")]) {
    const world = fakeWorld({ deployment: { ...DEPLOYMENT, accounts: ACCOUNTS } });
    const policies = cedarOf([...texts, OPERATORS]);
    this.service = new FakeService(world, { ...world.ports, policies });
    this.ports = { ...world.ports, policies };
  }

  get world() {
    return this.service.world;
  }

  change(what: "tighten" | "loosen" | "recheck", body: object, condition = "change-freeze") {
    return this.service.operate(`POST /v1/conditions/{condition}/${what}`, { parameters: { condition }, body });
  }

  freeze(scope = "hub", condition = "change-freeze") {
    return this.change("tighten", { scope, seconds: 3_600, reason: "a drill" }, condition);
  }

  /** Sets the condition, and works the queue off until it is empty. @returns the messages that failed. */
  async frozen(scope = "hub", condition = "change-freeze"): Promise<number> {
    await this.freeze(scope, condition);
    return this.work();
  }

  work = (): Promise<number> => workRechecks(this.world, this.ports);

  deliver = (...messages: readonly (Recheck | string)[]): Promise<number> => deliverRechecks(messages, this.ports);

  taskOf({ id }: Held): Task {
    const task = this.world.ports.tasks.tasks.get(id as TaskPath);
    if (!task) throw new Error("no such task");
    return task;
  }

  /** Writes fields of a task's record, as a function that may update tasks can. */
  write(held: Held, changed: Partial<Task>): void {
    this.world.ports.tasks.tasks.set(held.id as TaskPath, { ...this.taskOf(held), ...changed });
  }

  /** How a task stands: `active`, or who ended it. */
  state(held: Held): string {
    const { status, endedBy } = this.taskOf(held);
    return status === "active" ? status : `${status} by ${endedBy}`;
  }
}

const ABOUT_DEMO: Recheck = { condition: "change-freeze", scope: "hub", agents: [agentId("demo")] };
const BY_FREEZE = "revoked by condition:change-freeze";

describe("live tasks after a condition was tightened", () => {
  it("end where policy denies them now, with the condition's name; their keys are denied and their leases revoked", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    expect(await scene.frozen()).toBe(0);
    expect(scene.state(held)).toBe(BY_FREEZE);
    const ended = scene.world.ports.tasks.events.at(-1);
    expect(ended).toMatchObject({ type: "task.ended", facts: { by: "condition:change-freeze", status: "revoked" } });
    expect(ended?.facts.leases).toHaveLength(1);
    expect(await scene.service.renew(held)).toMatchObject({ status: 403, body: { code: "task_ended" } });
  });

  it("go on where policy still permits them", async () => {
    const scene = new Scene([
      unless("change-freeze"),
      'permit (principal is Agent, action == Action::"s3:GetObject", resource);',
    ]);
    const held = await scene.service.start(reads());
    expect(await scene.frozen()).toBe(0);
    expect(scene.state(held)).toBe("active");
    expect(await scene.service.renew(held)).toMatchObject({ status: 200 });
  });

  it("end as a whole where one part is denied", async () => {
    const scene = new Scene([
      unless("change-freeze"),
      'permit (principal is Agent, action == Action::"s3:GetObject", resource);',
    ]);
    const both = await scene.service.start({
      authorization_details: JSON.stringify([
        {
          ...{ type: "aws", account: ACCOUNT, actions: ["s3:GetObject", "s3:PutObject"] },
          resources: ["arn:aws:s3:::acme-data/reports/a"],
        },
      ]),
    });
    await scene.frozen();
    expect(scene.state(both)).toBe(BY_FREEZE);
  });

  it("end with the reason `policy` where policy denies them in a quiet world too", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    const stricter = cedarOf([
      'permit (principal is Agent, action, resource) unless { resource.arn like "*reports*" };',
      'forbid (principal, action, resource) when { context.conditions.contains("change-freeze") };',
    ]);
    Object.assign(scene.ports, { policies: stricter });
    await scene.frozen();
    expect(scene.state(held)).toBe("revoked by policy");
  });

  it.each([
    ["hub", BY_FREEZE],
    [`account:${ACCOUNT}`, BY_FREEZE],
    [`account:${OTHER}`, "active"],
    ["team:demo", BY_FREEZE],
    ["team:other", "active"],
    ["agent:demo", BY_FREEZE],
    ["agent:helper", "active"],
  ])("are decided in its place: %s", async (scope, state) => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    expect(await scene.frozen(scope)).toBe(0);
    expect(scene.state(held)).toBe(state);
  });

  it.each([`account:${OTHER}`, "team:other", "agent:helper"])(
    "are left alone outside of its place, whatever today's policies permit: %s",
    async (scope) => {
      const scene = new Scene();
      const held = await scene.service.start(reads());
      Object.assign(scene.ports, { policies: cedarOf(["forbid (principal, action, resource);"]) });
      await scene.frozen(scope);
      expect(scene.state(held)).toBe("active");
    },
  );

  it("end with everything below them, and one below may end alone", async () => {
    const scene = new Scene();
    const parent = await scene.service.start(reads());
    const child = await scene.service.startBelow(parent, reads());
    const other = await scene.service.startBelow(parent, reads());
    await scene.frozen("agent:helper");
    expect([parent, child, other].map((each) => scene.state(each))).toEqual(["active", BY_FREEZE, BY_FREEZE]);
    const again = await scene.service.start(reads());
    await scene.frozen("agent:demo");
    expect([parent, again].map((each) => scene.state(each))).toEqual([BY_FREEZE, BY_FREEZE]);
  });

  it("end after a condition that permits was ended", async () => {
    const scene = new Scene([
      'permit (principal is Agent, action, resource) when { context.conditions.contains("responding") };',
    ]);
    const body = { scope: "team:demo", seconds: 3_600, reason: "an incident" };
    await scene.change("loosen", body, "responding");
    const held = await scene.service.start(reads());
    await scene.change("tighten", { scope: "team:demo", reason: "it is over" }, "responding");
    expect(await scene.work()).toBe(0);
    expect(scene.state(held)).toBe("revoked by condition:responding");
  });

  it("are not decided by a condition that has ended again before the message came", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    await scene.freeze();
    await scene.change("loosen", { scope: "hub", reason: "a mistake" });
    await scene.work();
    expect(scene.state(held)).toBe("active");
  });
});

describe("a task that people decide about", () => {
  const ASKS = permitting('@approval("sre")');
  const QUIET =
    'permit (principal is Agent, action, resource) unless { context.conditions.contains("change-freeze") };';
  const setUp = (...texts: readonly string[]) => {
    const scene = new ApprovalScene(texts);
    const { world } = scene;
    const ports = { ...world.ports, policies: cedarOf([...texts]) };
    const recheck = async () => {
      const held = {
        name: "change-freeze",
        scope: "hub",
        until: world.nowSeconds() + 600,
        at: world.nowSeconds(),
      } as const;
      world.ports.setConditions.put("restricts", { ...held, by: "staff|alice", reason: "a drill" });
      const body = JSON.stringify({ condition: "change-freeze", scope: "hub", agents: ["demo"] });
      const message = { messageId: "m", receiptHandle: "r", body };
      expect((await recheckBatch({ Records: [message] }, ports)).batchItemFailures).toEqual([]);
    };
    const state = ({ id }: Held) => {
      const task = world.ports.tasks.tasks.get(id as TaskPath);
      return task?.status === "active" ? "active" : `${task?.status} by ${task?.endedBy}`;
    };
    return { scene, recheck, state };
  };

  it("goes on waiting where policy needs their votes", async () => {
    const { scene, recheck, state } = setUp(ASKS);
    const held = await scene.waiting();
    await recheck();
    expect(state(held)).toBe("active");
    await scene.vote(held);
    expect(await scene.poll(held)).toMatchObject({ status: 200 });
  });

  it("ends while it waits where policy would not permit it after their votes", async () => {
    const { scene, recheck, state } = setUp(
      ASKS.replace(";", ' unless { context.conditions.contains("change-freeze") };'),
    );
    const held = await scene.waiting();
    await recheck();
    expect(state(held)).toBe(BY_FREEZE);
  });

  it("is decided, while it waits, for the time that it asks for, and not for the time of its wait", async () => {
    const short = ASKS.replace(";", " when { context.ttl <= 900 };");
    const { scene, recheck, state } = setUp(short);
    const held = await scene.waiting({ task_ttl: "900" });
    await recheck();
    expect(state(held)).toBe("active");
  });

  it("goes on with the approval that it has used", async () => {
    const { scene, recheck, state } = setUp(ASKS);
    const held = await scene.waiting();
    await scene.vote(held);
    await scene.poll(held);
    await recheck();
    expect(state(held)).toBe("active");
  });

  it("ends where policy needs further votes than the approval that it has used has", async () => {
    const security = ASKS.replace("sre", "security").replace(
      ";",
      ' when { context.conditions.contains("change-freeze") };',
    );
    const both = setUp(ASKS.replace(";", ' unless { context.conditions.contains("change-freeze") };'), security);
    const held = await both.scene.waiting();
    await both.scene.vote(held);
    expect(await both.scene.poll(held)).toMatchObject({ status: 200 });
    await both.recheck();
    expect(both.state(held)).toBe(BY_FREEZE);
  });

  it("ends where the record that it waits for is gone", async () => {
    const { scene, recheck, state } = setUp(ASKS);
    const held = await scene.waiting();
    scene.world.ports.ballots.records.delete(held.approval);
    await recheck();
    expect(state(held)).toBe("revoked by policy");
  });

  it("ends where policy needs votes now, and nobody was asked", async () => {
    const { scene, recheck, state } = setUp(ASKS, QUIET);
    const { body } = await scene.ask();
    const held = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    expect(state(held)).toBe("active");
    await recheck();
    expect(state(held)).toBe(BY_FREEZE);
  });
});

describe("a pause of an agent, which lets keys live", () => {
  const paused = async (...texts: readonly string[]) => {
    const scene = new Scene(texts);
    const held = await scene.service.startBelow(await scene.service.start(reads()), reads());
    const pause = { agent: agentId("helper"), party: "demo", at: scene.world.nowSeconds(), by: "escalation:e8:x" };
    await scene.world.ports.pauses.begin(pause);
    scene.world.pass(11);
    expect((await scene.service.renew(held)).body.code).toBe("agent_paused");
    await scene.frozen("agent:helper");
    return scene.state(held);
  };

  it("saves no task", async () => expect(await paused(unless("change-freeze"))).toBe(BY_FREEZE));

  it("ends no task that policy permits", async () =>
    expect(await paused("permit (principal is Agent, action, resource);")).toBe("active"));
});

describe("nobody keeps a denied task alive", () => {
  it("by a record that nobody can believe", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    scene.write(held, { purpose: "something else" });
    await scene.frozen();
    expect(scene.state(held)).toBe("revoked by policy");
    expect(scene.world.lines).toContainEqual(expect.objectContaining({ event: "seal_broken", task: held.id }));
  });

  it("by a registration that is gone", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    scene.world.ports.agents.read = async () => undefined;
    await scene.frozen("team:demo");
    expect(scene.state(held)).toBe("revoked by policy");
  });

  it("by an untrue team in the list of agents", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    const { agents } = scene.world.ports;
    const list = agents.list.bind(agents);
    agents.list = async (after) => {
      const page = await list(after);
      return { ...page, agents: page.agents.map((each) => ({ ...each, team: "other" })) };
    };
    await scene.frozen("team:demo");
    expect(scene.state(held)).toBe(BY_FREEZE);
  });

  it("by an outage: the message is delivered again, and other tasks end meanwhile", async () => {
    const scene = new Scene();
    const [one, other] = [await scene.service.start(reads()), await scene.service.start(reads())];
    const { tasks } = scene.world.ports;
    const read = tasks.read.bind(tasks);
    tasks.read = async (path) => {
      if (path === one.id) throw new Refusal("store_unavailable");
      return read(path);
    };
    expect(await scene.frozen()).toBe(1);
    expect([one, other].map((each) => scene.state(each))).toEqual(["active", BY_FREEZE]);
    tasks.read = read;
    expect(await scene.deliver(ABOUT_DEMO)).toBe(0);
    expect(scene.state(one)).toBe(BY_FREEZE);
  });

  it("by a change of the registration between two reads: the message is delivered again", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    const { tasks } = scene.world.ports;
    tasks.isAlive = async () => {
      throw new Refusal("contended");
    };
    expect(await scene.frozen()).toBe(1);
    expect(scene.state(held)).toBe("active");
  });
});

describe("messages of a recheck", () => {
  it("split the agents of a place, and each names its own", async () => {
    const scene = new Scene();
    const ids = Array.from({ length: AGENTS_IN_MESSAGE + 5 }, (_, index) => `robot-${String(index).padStart(2, "0")}`);
    for (const id of ids) scene.world.addAgent({ id });
    const held = await scene.service.start(reads());
    await scene.freeze();
    await scene.deliver({ condition: "change-freeze", scope: "hub" });
    const { sent } = scene.world.ports.recheckQueue;
    expect(sent.every(({ agents = [] }) => agents.length <= AGENTS_IN_MESSAGE)).toBe(true);
    const named = sent.flatMap(({ agents = [] }) => agents);
    expect(new Set(named).size).toBe(named.length);
    expect(named).toEqual(expect.arrayContaining([...ids, "demo"]));
    expect(scene.state(held)).toBe("active");
    expect(await scene.work()).toBe(0);
    expect(scene.state(held)).toBe(BY_FREEZE);
  });

  it("find the tasks that are left, where a run was cut off", async () => {
    const scene = new Scene();
    const held = [
      await scene.service.start(reads()),
      await scene.service.start(reads()),
      await scene.service.start(reads()),
    ];
    const { tasks } = scene.world.ports;
    let ends = 0;
    const end = tasks.end.bind(tasks);
    tasks.end = async (...input) => {
      ends += 1;
      if (ends > 1) throw new Error("the process has died");
      return end(...input);
    };
    expect(await scene.frozen()).toBe(1);
    expect(held.filter((each) => scene.state(each) === "active")).toHaveLength(2);
    tasks.end = end;
    await scene.deliver(ABOUT_DEMO);
    expect(held.map((each) => scene.state(each))).toEqual([BY_FREEZE, BY_FREEZE, BY_FREEZE]);
  });

  it("go on with the agents that a run had no time for", async () => {
    const scene = new Scene();
    for (let index = 0; index < 24; index += 1) scene.world.addAgent({ id: `robot-${String(index).padStart(2, "0")}` });
    const held = await scene.service.start(reads());
    await scene.freeze();
    const { agents, recheckQueue } = scene.world.ports;
    const living = agents.liveTasks.bind(agents);
    agents.liveTasks = async (id) => {
      scene.world.pass(1);
      return living(id);
    };
    await scene.deliver({ condition: "change-freeze", scope: "hub" });
    const [whole] = recheckQueue.sent.splice(0);
    expect(await scene.deliver(whole ?? "")).toBe(0);
    const [left] = recheckQueue.sent;
    expect(left?.agents?.length).toBeGreaterThan(0);
    expect(left?.agents).toEqual(whole?.agents?.slice(-(left?.agents?.length ?? 0)));
    await scene.work();
    expect(scene.state(held)).toBe(BY_FREEZE);
  });

  it.each([
    "{}",
    "not JSON",
    '{"condition":"change-freeze","scope":"everywhere"}',
    '{"condition":"CHANGE","scope":"hub"}',
    '{"condition":"change-freeze","scope":"hub","agents":"demo"}',
    '{"condition":"change-freeze","scope":"hub","agents":["demo","../x"]}',
  ])("are dropped with an error where they are malformed: %s", async (body) => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    await scene.freeze();
    expect(await scene.deliver(body)).toBe(0);
    expect(scene.state(held)).toBe("active");
    expect(scene.world.lines).toContainEqual(expect.objectContaining({ level: "error", event: "recheck_refused" }));
  });

  it("change nothing for a condition that the deployment does not define", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    expect(await scene.deliver({ condition: "no-such", scope: "hub" })).toBe(0);
    expect(scene.state(held)).toBe("active");
  });

  it("come from the journal's event by way of the relay", async () => {
    const triggers = new Triggers();
    const scope = `account:${ACCOUNT}`;
    const body = { scope, seconds: 3_600, reason: "a drill" };
    const parameters = { condition: "change-freeze" };
    await triggers.service.operate("POST /v1/conditions/{condition}/tighten", { parameters, body });
    await triggers.service.operate("POST /v1/conditions/{condition}/loosen", {
      parameters,
      body: { scope, reason: "over" },
    });
    await triggers.relay();
    expect(triggers.service.world.ports.recheckQueue.sent).toEqual([{ condition: "change-freeze", scope }]);
  });
});

describe("POST /v1/conditions/{condition}/recheck", () => {
  it("lists with dry_run what a freeze would end, and ends nothing", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    const { status, body } = await scene.change("recheck", { scope: "hub", dry_run: true });
    expect([status, body]).toEqual([
      200,
      {
        ...{ condition: "change-freeze", scope: "hub", dry_run: true, decided: 1 },
        tasks: [{ task: held.id, agent: "demo", reason: "condition:change-freeze" }],
      },
    ]);
    expect(scene.state(held)).toBe("active");
  });

  it("lists with dry_run what the end of a condition that permits would end", async () => {
    const scene = new Scene([
      'permit (principal is Agent, action, resource) when { context.conditions.contains("responding") };',
    ]);
    await scene.change("loosen", { scope: "team:demo", seconds: 3_600, reason: "an incident" }, "responding");
    const held = await scene.service.start(reads());
    const { body } = await scene.change("recheck", { scope: "team:demo", dry_run: true }, "responding");
    expect(body.tasks).toEqual([{ task: held.id, agent: "demo", reason: "condition:responding" }]);
    expect(scene.state(held)).toBe("active");
  });

  it("ends what the present conditions deny, and counts each task once", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    await scene.freeze();
    expect((await scene.change("recheck", { scope: "hub" })).body).toMatchObject({
      ...{ dry_run: false, decided: 1 },
      tasks: [{ task: held.id }],
    });
    expect((await scene.change("recheck", { scope: "hub" })).body).toMatchObject({ decided: 0, tasks: [] });
  });

  it("names where it stopped, where time has run out, and goes on from there", async () => {
    const scene = new Scene();
    for (let index = 0; index < 40; index += 1) scene.world.addAgent({ id: `robot-${String(index).padStart(2, "0")}` });
    const held = await scene.service.start(reads());
    await scene.freeze();
    const { agents } = scene.world.ports;
    const living = agents.liveTasks.bind(agents);
    agents.liveTasks = async (id) => {
      scene.world.pass(1);
      return living(id);
    };
    const seen: unknown[] = [];
    const stops: unknown[] = [];
    let after: unknown;
    for (let run = 0; run < 20; run += 1) {
      const { body } = await scene.change("recheck", { scope: "hub", ...(after === undefined ? {} : { after }) });
      seen.push(...(body.tasks as unknown[]));
      after = body.next;
      if (after === undefined) break;
      stops.push(after);
    }
    expect(stops.length).toBeGreaterThan(0);
    expect(after).toBeUndefined();
    expect(seen).toEqual([{ task: held.id, agent: "demo", reason: "condition:change-freeze" }]);
  });

  it("does not count a task that somebody else has ended meanwhile", async () => {
    const scene = new Scene();
    const held = await scene.service.start(reads());
    await scene.freeze();
    const { tasks } = scene.world.ports;
    const end = tasks.end.bind(tasks);
    tasks.end = async (...input) => {
      tasks.end = end;
      await scene.service.complete(held);
      return end(...input);
    };
    expect((await scene.change("recheck", { scope: "hub" })).body).toMatchObject({ decided: 1, tasks: [] });
    expect(scene.state(held)).toContain("completed");
  });

  it("is for those who may tighten conditions, and for a place that the condition may have", async () => {
    const scene = new Scene([unless("change-freeze")]);
    const held = await scene.service.start(reads());
    const nobody = cedarOf([
      unless("change-freeze"),
      'permit (principal is User, action == Action::"valetkey:ListConditions", resource);',
    ]);
    const service = new FakeService(scene.world, { ...scene.world.ports, policies: nobody });
    const options = { parameters: { condition: "change-freeze" }, body: { scope: "hub" } };
    expect((await service.operate("POST /v1/conditions/{condition}/recheck", options)).body.code).toBe(
      "operator_denied",
    );
    expect((await scene.change("recheck", { scope: "hub" }, "responding")).status).toBe(400);
    expect(scene.state(held)).toBe("active");
  });
});
