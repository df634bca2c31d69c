import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { BUDGET_CLOCK_SECONDS, spentIn } from "../../functions/core/budgets/spent.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { APPROVING, ApprovalScene, intentOf, permitting } from "./approvals/approving.ts";

watchWorlds();

const READ = { authorization_details: intentOf("s3:GetObject") };
const DAY = 86_400;

/** Service whose agents may do everything within these budgets. */
function within(budget: string, world = fakeWorld()): FakeService {
  const permit = `@id("all") @budget("${budget}") permit (principal, action, resource);`;
  return new FakeService(world, { ...world.ports, policies: cedarOf([permit]) });
}

const counted = ({ ports: { budgets, clock } }: FakeWorld, name: string): number =>
  spentIn(budgets.spent.get(name)?.spent ?? new Uint8Array(), { window: DAY }, clock.nowMs() / 1_000);

const codes = (answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status);

describe("a budget of an agent", () => {
  it("allows so many grants, then refuses with the budget and the time from which it allows another", async () => {
    const service = within("reads 2/1d agent");
    expect(codes([await service.exchange(READ), await service.exchange(READ)])).toEqual([200, 200]);
    const { status, headers, body } = await service.exchange(READ);
    const seconds = DAY + BUDGET_CLOCK_SECONDS;
    expect([status, headers?.["retry-after"], body]).toEqual([
      429,
      String(seconds),
      {
        error: "slow_down",
        code: "budget_spent",
        error_description:
          "A budget of policy allows no more now; wait as long as Retry-After says. It is reads 2/1d agent, and allows a further grant from 2026-11-25T12:00:10Z on.",
        budget: "reads 2/1d agent",
        retry_after: seconds,
      },
    ]);
    service.world.pass(seconds - 1);
    expect((await service.exchange(READ)).status).toBe(429);
    service.world.pass(1);
    expect((await service.exchange(READ)).status).toBe(200);
  });

  it("costs STS nothing once it is spent, and is in the journal of what it counted", async () => {
    const service = within("reads 1/1d agent");
    await service.start(READ);
    const sessions = service.world.ports.sessions.asked.length;
    await service.exchange(READ);
    expect(service.world.ports.sessions.asked).toHaveLength(sessions);
    const [opened] = service.world.ports.tasks.events;
    expect(opened).toMatchObject({ type: "task.opened", facts: { budgets: ["reads 1/1d agent"] } });
  });

  it("is not spent by renewals, and not by a request that repeats an earlier one", async () => {
    const service = within("reads 1/1d agent");
    const key = { ...READ, idempotency_key: "run-1" };
    const held = await service.start(key);
    service.world.pass(60);
    expect((await service.renew(held)).status).toBe(200);
    const repeated = await service.exchange(key);
    expect([repeated.status, repeated.body.task?.id]).toEqual([200, held.id]);
    expect(counted(service.world, "reads#agent#demo")).toBe(1);
    expect(codes([await service.exchange({ ...READ, idempotency_key: "run-2" })])).toEqual(["budget_spent"]);
    expect(codes([await service.exchange({ ...key, purpose: "another" })])).toEqual(["idempotency_conflict"]);
  });

  it("stays spent when the task ends: ending and asking again gains nothing", async () => {
    const service = within("reads 1/1d agent");
    await service.complete(await service.start(READ));
    expect((await service.exchange(READ)).status).toBe(429);
  });

  it("refuses although another permit would allow it: the permit was chosen without looking at what is spent", async () => {
    const world = fakeWorld();
    const budgeted = '@id("a") @budget("reads 1/1d agent") permit (principal, action, resource);';
    const other = '@id("b") @budget("other 1/1h agent") permit (principal, action, resource);';
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([budgeted, other]) });
    expect(codes([await service.exchange(READ), await service.exchange(READ)])).toEqual([200, "budget_spent"]);
    expect([...world.ports.budgets.spent.keys()]).toEqual(["other#agent#demo"]);
  });

  it("refuses a task that more budgets count than one transaction holds", async () => {
    const world = fakeWorld();
    const texts = ["a", "b"].map(
      (name) =>
        `@budget("${name}1 9/1d agent, ${name}2 9/1d agent") ${permitting("", name === "a" ? "s3:GetObject" : "s3:PutObject")}`,
    );
    const service = new FakeService(world, { ...world.ports, policies: cedarOf(texts) });
    const { status, body } = await service.exchange({
      authorization_details: intentOf("s3:GetObject", "s3:PutObject"),
    });
    expect([status, body.code]).toEqual([400, "intent_invalid"]);
    expect((await service.exchange(READ)).status).toBe(200);
  });

  it("is an outage where it cannot be read, and nothing is issued", async () => {
    const service = within("reads 2/1d agent");
    service.world.ports.budgets.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(codes([await service.exchange(READ)])).toEqual(["store_unavailable"]);
    expect(service.world.ports.sessions.asked).toEqual([]);
  });
});

describe("a budget that several share", () => {
  it("of a person is spent by a second agent of the person, and by each sub-agent once", async () => {
    const service = within("reads 3/1d person");
    const forPat = (agent: string) =>
      service.exchangeFor(
        service.world.personToken({ may_act: { iss: "https://robots.test", sub: `agent:${agent}` } }),
        {
          ...READ,
          actor_token: service.world.agentToken({ sub: `agent:${agent}` }),
        },
      );
    const { body } = await forPat("demo");
    const root = { id: body.task?.id ?? "", token: body.access_token ?? "" };
    const child = await service.startBelow(root, READ);
    expect(counted(service.world, "reads#person#staff|pat")).toBe(2);
    expect((await forPat("tickets")).status).toBe(200);
    expect(codes([await forPat("demo"), await forPat("tickets")])).toEqual(["budget_spent", "budget_spent"]);
    await expect(service.startBelow(root, READ)).rejects.toThrow("budget_spent");
    await expect(service.startBelow(child, READ, "scout")).rejects.toThrow("budget_spent");
    expect([...service.world.ports.budgets.spent.keys()]).toEqual(["reads#person#staff|pat"]);
  });

  it("of a person counts the grants of each agent that acts for the person, and permits none that acts for nobody", async () => {
    const service = within("reads 2/1d person");
    expect((await service.exchangeFor(service.world.personToken(), READ)).status).toBe(200);
    expect((await service.exchangeFor(service.world.personToken(), READ)).status).toBe(200);
    expect(codes([await service.exchangeFor(service.world.personToken(), READ)])).toEqual(["budget_spent"]);
    expect((await service.exchangeFor(service.world.personToken({ sub: "kim" }), READ)).status).toBe(200);
    const own = await service.exchange(READ);
    expect([own.status, own.body.denials?.[0]?.reason]).toEqual([
      403,
      "Policy permits it within a budget of the person for whom the agent acts, and it acts for nobody.",
    ]);
  });

  it.each([
    ["team", "demo"],
    ["hub", "*"],
  ])("of the %s counts the grants of all its agents", async (scope, holder) => {
    const service = within(`reads 2/1d ${scope}`);
    const ofSecond = () =>
      service.exchange({ ...READ, subject_token: service.world.agentToken({ sub: "agent:tickets" }) });
    expect((await service.exchange(READ)).status).toBe(200);
    expect((await ofSecond()).status).toBe(200);
    expect(codes([await service.exchange(READ), await ofSecond()])).toEqual(["budget_spent", "budget_spent"]);
    expect(counted(service.world, `reads#${scope}#${holder}`)).toBe(2);
  });

  it("counts a sub-agent's grant for itself and for each agent above it, so children gain nothing", async () => {
    const service = within("reads 3/1d agent");
    const root = await service.start(READ);
    const child = await service.startBelow(root, READ);
    await service.startBelow(child, READ, "scout");
    expect(["demo", "helper", "scout"].map((id) => counted(service.world, `reads#agent#${id}`))).toEqual([3, 2, 1]);
    await expect(service.startBelow(root, READ)).rejects.toThrow("budget_spent");
    expect((await service.exchange(READ)).status).toBe(429);
  });

  it("counts a sub-agent under a permit of its own without a budget by the budgets of the tasks above (I3)", async () => {
    const world = fakeWorld();
    const parents =
      '@budget("reads 2/1d agent") permit (principal is Agent, action, resource) when { principal.id == "demo" };';
    const rest = 'permit (principal is Agent, action, resource) unless { principal.id == "demo" };';
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([parents, rest]) });
    const root = await service.start(READ);
    await service.startBelow(root, READ);
    await expect(service.startBelow(root, READ)).rejects.toThrow("budget_spent");
  });

  it("of a tree counts the grants of that tree alone", async () => {
    const service = within("reads 2/1d tree");
    const [first, second] = [await service.start(READ), await service.start(READ)];
    await service.startBelow(first, READ);
    await expect(service.startBelow(first, READ)).rejects.toThrow("budget_spent");
    await service.startBelow(second, READ);
  });
});

describe("a task that is withdrawn before anybody has it", () => {
  it("gives its grant back, once, however often it fails", async () => {
    const service = within("reads 1/1d agent");
    const { tasks, sessions } = service.world.ports;
    for (let round = 0; round < 5; round += 1) {
      tasks.before = (method) => {
        if (method === "confirm") throw new Refusal("store_unavailable");
      };
      expect(codes([await service.exchange(READ)])).toEqual(["store_unavailable"]);
    }
    tasks.before = () => undefined;
    expect(sessions.asked).toHaveLength(5);
    expect(codes([await service.exchange(READ), await service.exchange(READ)])).toEqual([200, "budget_spent"]);
  });

  it("gives back no grant but its own", async () => {
    const service = within("reads 3/1d agent");
    await service.start(READ);
    await service.start(READ);
    service.world.ports.tasks.before = (method) => {
      if (method === "confirm") throw new Refusal("store_unavailable");
    };
    await service.exchange(READ);
    service.world.ports.tasks.before = () => undefined;
    expect(counted(service.world, "reads#agent#demo")).toBe(2);
  });

  it("keeps its grant counted where the budget cannot be written, and where it was not withdrawn", async () => {
    const service = within("reads 1/1d agent");
    const { tasks, budgets } = service.world.ports;
    budgets.before = (method) => {
      if (method === "giveBack") throw new Refusal("store_unavailable");
    };
    tasks.before = (method) => {
      if (method === "confirm") throw new Refusal("store_unavailable");
    };
    expect(codes([await service.exchange(READ)])).toEqual(["store_unavailable"]);
    expect(counted(service.world, "reads#agent#demo")).toBe(1);
    service.world.pass(DAY + 20);
    budgets.before = () => undefined;
    tasks.before = (method) => {
      if (method === "confirm" || method === "end") throw new Refusal("store_unavailable");
    };
    expect(codes([await service.exchange(READ)])).toEqual(["store_unavailable"]);
    expect(counted(service.world, "reads#agent#demo")).toBe(1);
  });
});

describe("a request that waits for people", () => {
  const asking = () =>
    new ApprovalScene(
      [permitting('@approval("sre") @budget("reads 1/1d agent")')],
      fakeWorld({ deployment: APPROVING }),
    );

  it("reads the budget when it is asked, and spends it with the use of the approval", async () => {
    const scene = asking();
    const held = await scene.waiting();
    expect(counted(scene.world, "reads#agent#demo")).toBe(0);
    await scene.vote(held);
    expect((await scene.poll(held)).status).toBe(200);
    expect(counted(scene.world, "reads#agent#demo")).toBe(1);
    expect(scene.world.ports.tasks.events.at(-1)).toMatchObject({ facts: { budgets: ["reads 1/1d agent"] } });
    scene.world.pass(10);
    expect((await scene.poll(held)).status).toBe(200);
    expect((await scene.service.renew(held)).status).toBe(200);
    expect(counted(scene.world, "reads#agent#demo")).toBe(1);
    const again = await scene.ask({ purpose: "another report" });
    expect([again.status, again.body.code]).toEqual([429, "budget_spent"]);
  });

  it("is not used while the budget is spent meanwhile, and can be used later", async () => {
    const scene = asking();
    const held = await scene.waiting();
    await scene.vote(held);
    const now = Math.ceil(scene.world.nowSeconds());
    const packed = new Uint8Array(4);
    new DataView(packed.buffer).setUint32(0, now - DAY + 60);
    scene.world.ports.budgets.spent.set("reads#agent#demo", { spent: packed, version: 4 });
    const spent = await scene.poll(held);
    expect([spent.status, spent.body.code, spent.body.retry_after]).toEqual([429, "budget_spent", 70]);
    scene.world.pass(70);
    expect((await scene.poll(held)).status).toBe(200);
  });
});

describe("grants that are requested at once", () => {
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

  it.each([1, 2, 3])("are exactly as many as the budget allows (round %i)", async () => {
    const world = fakeWorld();
    world.addAgent({ id: agentId("demo"), limits: { liveTasks: 100, tasksPerMinute: 1_000, taskSeconds: 3_600 } });
    const taking = aroundCalls(world.ports, async (_, run) => {
      await turn();
      return run();
    });
    const policies = cedarOf(['@id("all") @budget("reads 3/1d agent") permit (principal, action, resource);']);
    const service = new FakeService(world, { ...taking, pause: turn, policies });
    const answers = await Promise.all(Array.from({ length: 50 }, () => service.exchange(READ)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    expect(new Set(codes(answers))).toEqual(new Set([200, "budget_spent"]));
    expect(counted(world, "reads#agent#demo")).toBe(3);
  });
});

describe("a grant that no budget counts", () => {
  it("makes the same calls as without budgets, and one read more where one counts it", async () => {
    const callsUnder = async (annotation: string) => {
      const world = fakeWorld();
      const calls: string[] = [];
      const ports = aroundCalls(world.ports, async ({ port, method }, run) => {
        calls.push(`${port}.${method}`);
        return run();
      });
      const policies = cedarOf([`@id("all") ${annotation} permit (principal, action, resource);`]);
      await new FakeService(world, { ...ports, policies }).start(READ);
      return calls.toSorted();
    };
    const [plain, budgeted] = [await callsUnder(""), await callsUnder('@budget("reads 1/1d agent")')];
    expect(plain.filter((call) => call.startsWith("budgets."))).toEqual([]);
    expect(budgeted.filter((call) => call.startsWith("budgets."))).toEqual(["budgets.read"]);
    expect(budgeted.filter((call) => !call.startsWith("budgets."))).toEqual(plain);
  });
});
