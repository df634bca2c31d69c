import { describe, expect, it } from "vitest";
import type { Conflict } from "../../functions/core/deployment/conflict.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import { rootOf, type TaskPath } from "../../functions/core/task-path.ts";
import { type Answer, FakeService } from "../fakes/world/service.ts";
import { type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { aroundCalls } from "../harness/around-calls.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { APPROVING, ApprovalScene, intentOf } from "./approvals/approving.ts";

watchWorlds();

const READ = { authorization_details: intentOf("s3:GetObject") };
const WRITE = { authorization_details: intentOf("s3:PutObject") };
const LABELLED = [
  '@id("pay") @label("payroll") permit (principal, action == Action::"s3:GetObject", resource);',
  '@id("out") @label("egress") permit (principal, action == Action::"s3:PutObject", resource);',
];
const FENCE = 900;
const WINDOW = 3_600;
const FREE = FENCE + CLOCK_MARGIN_SECONDS + WINDOW;

/** Service that keeps `payroll` and `egress` apart. */
function apart(scope: Conflict["scope"] = "agent", policies: readonly string[] = LABELLED, world = fakeWorld()) {
  const conflicts = [{ a: "payroll", b: "egress", scope, windowSeconds: WINDOW }];
  const deployment = { ...world.ports.deployment, conflicts };
  return new FakeService(world, { ...world.ports, deployment, policies: cedarOf([...policies]) });
}

const codes = (...answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status);
const heldIn = ({ ports }: FakeWorld) =>
  ports.holds.held.map(({ scope, holder, label }) => `${scope} ${holder} ${label}`);

describe("I11: a label that a key holds", () => {
  it("keeps the other side out until the last fence, the clock's margin and the window have passed", async () => {
    const service = apart();
    await service.start(READ);
    const { status, headers, body } = await service.exchange(WRITE);
    expect([status, headers?.["retry-after"], body]).toEqual([
      409,
      String(FREE),
      {
        error: "slow_down",
        code: "label_conflict",
        error_description:
          "Policy keeps what the request is labelled apart from what may still be in use. It is labelled 'egress', and 'payroll' is held for this agent until 2026-11-24T13:20:00Z at the latest.",
        label: "egress",
        conflicts_with: "payroll",
        retry_after: FREE,
      },
    ]);
    service.world.pass(FREE - 1);
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
    service.world.pass(1);
    expect(codes(await service.exchange(WRITE), await service.exchange(READ))).toEqual([200, "label_conflict"]);
  });

  it("is taken by several tasks of the same side", async () => {
    const service = apart();
    expect(codes(await service.exchange(READ), await service.exchange(READ))).toEqual([200, 200]);
  });

  it("is not freed by the task's end, or by any status that another function could write", async () => {
    const service = apart();
    const held = await service.start(READ);
    await service.complete(held);
    service.world.pass(120);
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
  });

  it("is held longer by each renewal", async () => {
    const service = apart();
    const held = await service.start({ ...READ, task_ttl: "3600" });
    service.world.pass(600);
    expect((await service.renew(held)).status).toBe(200);
    service.world.pass(FREE - 600);
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
    service.world.pass(600);
    expect(codes(await service.exchange(WRITE))).toEqual([200]);
  });

  it("lets no key be renewed whose side was free meanwhile, and which another one took", async () => {
    const service = apart();
    const held = await service.start({ ...READ, task_ttl: "7200" });
    service.world.pass(FREE);
    await service.start(WRITE);
    const refused = await service.renew(held);
    expect([refused.status, refused.body.code]).toEqual([409, "label_conflict"]);
    expect(refused.body.AccessKeyId).toBeUndefined();
  });

  it("is in the journal of what was vended, and costs STS nothing where it is refused", async () => {
    const service = apart();
    const held = await service.start(READ);
    service.world.pass(60);
    await service.renew(held);
    const { sessions, tasks } = service.world.ports;
    const asked = sessions.asked.length;
    await service.exchange(WRITE);
    expect(sessions.asked).toHaveLength(asked);
    const labelled = tasks.events.filter(({ facts }) => "labels" in facts && facts.labels !== undefined);
    expect(labelled.map(({ type, facts }) => [type, facts.labels])).toEqual([
      ["task.opened", ["payroll"]],
      ["lease.renewed", ["payroll"]],
    ]);
  });

  it("is an outage where it cannot be read, and nothing is issued", async () => {
    const service = apart();
    service.world.ports.holds.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(codes(await service.exchange(READ))).toEqual(["store_unavailable"]);
    expect(service.world.ports.sessions.asked).toEqual([]);
  });
});

describe("the labels of a pair", () => {
  it("are those of each permit that may hold for it: a broad permit without a label takes none away", async () => {
    const service = apart("agent", [...LABELLED, '@id("all") permit (principal, action, resource);']);
    await service.start(READ);
    expect(service.world.ports.tasks.events[0]).toMatchObject({ facts: { policies: ["all"] } });
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
  });

  it("are those of a permit that holds for a part of a set alone, or whose condition on tags is open", async () => {
    const part =
      '@id("part") @label("payroll") permit (principal, action == Action::"s3:GetObject", resource) when { resource.arn == "arn:aws:s3:::acme-data/reports/pay.csv" && resource.tags.kind == "pay" };';
    const rest = '@id("rest") permit (principal, action == Action::"s3:GetObject", resource);';
    const set = (resource: string) => ({
      authorization_details: JSON.stringify([
        { type: "aws", account: "111122223333", actions: ["s3:GetObject"], resources: [resource] },
      ]),
    });
    const [, egress = ""] = LABELLED;
    for (const [resource, code] of [
      ["arn:aws:s3:::acme-data/reports/*", "label_conflict"],
      ["arn:aws:s3:::acme-data/reports/pay.csv", "label_conflict"],
      ["arn:aws:s3:::acme-data/reports/other.csv", 200],
      ["arn:aws:s3:::acme-data/other/*", 200],
    ] as const) {
      const service = apart("agent", [part, rest, egress]);
      await service.start(set(resource));
      expect(codes(await service.exchange(WRITE)), resource).toEqual([code]);
    }
  });

  it("keep apart nothing where both are in no conflict", async () => {
    const world = fakeWorld();
    const service = new FakeService(world, { ...world.ports, policies: cedarOf(LABELLED) });
    expect(codes(await service.exchange(READ), await service.exchange(WRITE))).toEqual([200, 200]);
    expect(world.ports.holds.held).toEqual([]);
  });

  it("refuse one request for both sides, and say how to ask", async () => {
    const { status, body } = await apart().exchange({
      authorization_details: intentOf("s3:GetObject", "s3:PutObject"),
    });
    expect([status, body.code, body.retry_after]).toEqual([409, "label_conflict", undefined]);
    expect(body.error_description).toContain("ask for them in tasks of their own");
  });

  it("refuse what nothing surely ends: a tool, and an action that mints", async () => {
    const all = '@id("all") @outlives("a test") @label("payroll") permit (principal, action, resource);';
    const tool = await apart("agent", [all]).exchange({
      authorization_details: JSON.stringify([{ type: "tool", server: "tickets", tools: ["search"] }]),
    });
    expect([tool.status, tool.body.denials?.[0]?.reason]).toEqual([
      403,
      'Policy labels it "payroll" and keeps that apart from other labels, and neither a fence nor a revocation surely ends what it hands out.',
    ]);
  });
});

describe("the labels of a decision", () => {
  it("are those of the permits for the person, too", async () => {
    const agents = '@id("a") permit (principal is Agent, action, resource);';
    const persons = '@id("u") @label("payroll") permit (principal is User, action, resource);';
    const service = apart("agent", [agents, persons]);
    expect(codes(await service.exchangeFor(service.world.personToken(), READ))).toEqual([200]);
    expect(heldIn(service.world)).toEqual(["agent demo payroll"]);
  });

  it("are decided anew with a condition that is set at the same moment", async () => {
    const permits = [
      '@id("all") permit (principal, action, resource);',
      '@id("pay") @label("payroll") permit (principal, action, resource) when { context.conditions.contains("responding") };',
    ];
    const service = apart("agent", permits);
    await service.start(READ);
    const at = service.world.nowSeconds();
    service.world.ports.setConditions.put("permits", {
      ...{ name: "responding", scope: "team:demo", until: at + 600, at },
      ...{ by: "staff|alice", reason: "a drill" },
    });
    expect(codes(await service.exchange(READ))).toEqual(["policy_denied"]);
    service.world.pass(6);
    expect(codes(await service.exchange(READ))).toEqual([200]);
    expect(heldIn(service.world)).toEqual(["agent demo payroll"]);
  });
});

describe("a conflict of a scope", () => {
  const ofSecond = (service: FakeService, form: Readonly<Record<string, string>>) =>
    service.exchange({ ...form, subject_token: service.world.agentToken({ sub: "agent:tickets" }) });

  it("of agents leaves other agents alone", async () => {
    const service = apart();
    await service.start(READ);
    expect(codes(await ofSecond(service, WRITE))).toEqual([200]);
  });

  it("of persons holds for each agent that acts for the person", async () => {
    const service = apart("person");
    const { world } = service;
    expect(codes(await service.exchangeFor(world.personToken(), READ))).toEqual([200]);
    expect(codes(await service.exchangeFor(world.personToken(), WRITE))).toEqual(["label_conflict"]);
    expect(codes(await service.exchangeFor(world.personToken({ sub: "kim" }), WRITE))).toEqual([200]);
    expect(heldIn(world)).toEqual(["person staff|pat payroll", "person staff|kim egress"]);
  });

  it.each(["agent", "tree"] as const)(
    "of a %s counts a sub-agent's key for those above, and theirs for it",
    async (scope) => {
      const first = apart(scope);
      const root = await first.start({ authorization_details: intentOf("s3:GetObject") });
      await first.startBelow(root, READ);
      const own = heldIn(first.world);
      expect(new Set(own)).toEqual(
        scope === "agent"
          ? new Set(["agent demo payroll", "agent helper payroll"])
          : new Set([`tree ${rootOf(root.id as TaskPath)} payroll`]),
      );
    },
  );

  it("lets a child of a parent with one side take nothing of the other", async () => {
    const bounds = [
      ...LABELLED,
      '@id("both") permit (principal is Agent, action in [Action::"s3:GetObject", Action::"s3:PutObject"], resource) when { principal.id == "demo" };',
    ];
    const service = apart("tree", bounds);
    const root = await service.start(READ);
    await expect(service.startBelow(root, WRITE)).rejects.toThrow();
  });

  it("takes a child's labels by the policies on the agents above it, too (I3)", async () => {
    const parents =
      '@id("p") @label("payroll") permit (principal is Agent, action == Action::"s3:GetObject", resource) when { principal.id == "demo" };';
    const childs =
      '@id("c") permit (principal is Agent, action == Action::"s3:GetObject", resource) when { principal.id != "demo" };';
    const service = apart("agent", [parents, childs]);
    const root = await service.start(READ);
    await service.startBelow(root, READ);
    expect(heldIn(service.world)).toContain("agent helper payroll");
  });
});

describe("a task that is withdrawn before anybody has it", () => {
  const failing = (service: FakeService, isFailing: boolean) => {
    service.world.ports.tasks.before = (method) => {
      if (isFailing && method === "confirm") throw new Refusal("store_unavailable");
    };
  };

  it("releases its label, and no other task's", async () => {
    const service = apart();
    failing(service, true);
    expect(codes(await service.exchange(READ))).toEqual(["store_unavailable"]);
    failing(service, false);
    expect(service.world.ports.holds.held).toEqual([]);
    await service.start(READ);
    failing(service, true);
    await service.exchange(READ);
    failing(service, false);
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
  });

  it("holds its label where the release fails, and a renewal that fails holds it, too", async () => {
    const service = apart();
    const { holds } = service.world.ports;
    holds.before = (method) => {
      if (method === "release") throw new Refusal("store_unavailable");
    };
    failing(service, true);
    await service.exchange(READ);
    failing(service, false);
    expect(codes(await service.exchange(WRITE))).toEqual(["label_conflict"]);
  });
});

describe("a request that waits for people", () => {
  it("takes its label with the use of the approval, which a held label does not use up", async () => {
    const permits = [
      '@id("pay") @label("payroll") @approval("sre") permit (principal, action == Action::"s3:GetObject", resource);',
      LABELLED[1] ?? "",
    ];
    const conflicts = [{ a: "payroll", b: "egress", scope: "agent", windowSeconds: WINDOW }] as const;
    const scene = new ApprovalScene(permits, fakeWorld({ deployment: { ...APPROVING, conflicts } }));
    const held = await scene.waiting();
    expect(scene.world.ports.holds.held).toEqual([]);
    scene.world.ports.holds.write([
      {
        scope: "agent",
        holder: "demo",
        label: "egress",
        fenceAt: Math.floor(scene.world.nowSeconds()) - CLOCK_MARGIN_SECONDS - WINDOW + 100,
        task: held.id as TaskPath,
      },
    ]);
    await scene.vote(held);
    const early = await scene.poll(held);
    expect([early.status, early.body.code]).toEqual([409, "label_conflict"]);
    const types = () => scene.world.ports.tasks.events.map(({ type }) => type);
    expect(types()).not.toContain("approval.used");
    scene.world.pass(100);
    expect((await scene.poll(held)).status).toBe(200);
    expect(heldIn(scene.world)).toContain("agent demo payroll");
  });
});

describe("a grant without labels", () => {
  it("makes the same calls as without conflicts, and a labelled one reads before its write and after it", async () => {
    const callsFor = async (policies: readonly string[]) => {
      const world = fakeWorld();
      const calls: string[] = [];
      const ports = aroundCalls(world.ports, async ({ port, method }, run) => {
        calls.push(`${port}.${method}`);
        return run();
      });
      await apart("agent", policies, { ...world, ports: ports as FakeWorld["ports"] }).start(READ);
      return calls.toSorted();
    };
    const plain = await callsFor(['@id("all") permit (principal, action, resource);']);
    const labelled = await callsFor(LABELLED);
    expect(plain.filter((call) => call.startsWith("holds."))).toEqual([]);
    expect(labelled.filter((call) => call.startsWith("holds."))).toEqual(["holds.latest", "holds.latest"]);
    expect(labelled.filter((call) => !call.startsWith("holds."))).toEqual(plain);
  });
});
