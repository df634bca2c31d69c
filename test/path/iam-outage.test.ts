import { describe, expect, it } from "vitest";
import { UNWRITABLE_MS } from "../../functions/core/revocation/unwritable.ts";
import { everyRole } from "../../functions/steps/tasks/every-role.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { Triggers } from "../harness/triggers.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { ApprovalScene, intentOf, permitting } from "./approvals/approving.ts";

watchWorlds();

const READ = { authorization_details: intentOf("s3:GetObject"), task_ttl: "3600" };

/** Service under a permit with these annotations, whose client renews its sessions by itself or not. */
function under(annotations: string, { renews = true, world = fakeWorld() } = {}): FakeService {
  const service = new FakeService(world, { ...world.ports, policies: cedarOf([permitting(annotations)]) });
  service.renews = renews;
  return service;
}

/** Has the reconciler report nothing for so many seconds, in all roles. */
function lastSuccess({ ports: { loads, deployment }, nowSeconds }: FakeWorld, secondsAgo: number, hasFailed = false) {
  for (const role of everyRole(deployment)) {
    const succeededAtMs = (nowSeconds() - secondsAgo) * 1_000;
    loads.putWrites(role, { succeededAtMs, ...(hasFailed ? { failingSinceMs: succeededAtMs + 1_000 } : {}) });
  }
}

/** Seconds from now to the fence of the session that was issued last. */
function fenceOf({ world }: FakeService): number {
  const policy = world.ports.sessions.asked.at(-1)?.policy ?? "";
  const [, fence = ""] = policy.match(/"aws:CurrentTime":"([^"]+)"/) ?? [];
  return Date.parse(fence) / 1_000 - world.nowSeconds();
}

describe("the fence of a session", () => {
  it.each([
    ["15 minutes, where nothing says less", "", 900],
    ["the permit's", '@fence("2m")', 120],
    ["never later than the task's deadline", '@fence("10m") @maxTtl("5m")', 300],
  ])("is %s", async (_, annotations, seconds) => {
    const service = under(annotations);
    await service.start(READ);
    expect(fenceOf(service)).toBe(seconds);
  });

  it.each([
    ["3m", 180, 180],
    ["1m", 60, 60],
    ["5m", 180, 180],
  ])("is the shorter one of the permit's, %s, and the account's, %i seconds", async (fence, ofAccount, seconds) => {
    const accounts = DEPLOYMENT.accounts.map((account) => ({ ...account, fence: ofAccount }));
    const world = fakeWorld({ deployment: { ...DEPLOYMENT, accounts } });
    const service = under(`@fence("${fence}")`, { world });
    const held = await service.start(READ);
    expect(fenceOf(service)).toBe(seconds);
    world.pass(30);
    await service.renew(held);
    expect(fenceOf(service)).toBe(seconds);
  });

  it("is no later below a task with a shorter one (I3)", async () => {
    const world = fakeWorld();
    const parents = '@fence("2m") permit (principal is Agent, action, resource) when { principal.id == "demo" };';
    const rest = 'permit (principal is Agent, action, resource) unless { principal.id == "demo" };';
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([parents, rest]) });
    const child = await service.startBelow(await service.start(READ), READ);
    expect(fenceOf(service)).toBe(120);
    await service.startBelow(child, READ, "scout");
    expect(fenceOf(service)).toBe(120);
  });
});

describe("while IAM cannot be written", () => {
  it.each([
    ["a success a minute ago, and nothing since, is none", 60, false, 900],
    ["a success before the reconciler had to be heard again", UNWRITABLE_MS.silent / 1_000 + 1, false, 120],
    ["a failure that is short", UNWRITABLE_MS.failed / 1_000, true, 900],
    ["a failure that lasts", UNWRITABLE_MS.failed / 1_000 + 1, true, 120],
  ])("sessions of a client that renews them are short: %s", async (_, secondsAgo, hasFailed, seconds) => {
    const service = under("");
    lastSuccess(service.world, secondsAgo, hasFailed);
    const held = await service.start(READ);
    expect(fenceOf(service)).toBe(seconds);
    service.world.pass(11);
    lastSuccess(service.world, secondsAgo, hasFailed);
    await service.renew(held);
    expect(fenceOf(service)).toBe(seconds);
  });

  it("sessions of any other client are as long as ever", async () => {
    const service = under("", { renews: false });
    lastSuccess(service.world, 600);
    await service.start(READ);
    expect(fenceOf(service)).toBe(900);
  });

  it("the permit's shorter fence holds", async () => {
    const service = under('@fence("1m")');
    lastSuccess(service.world, 600);
    await service.start(READ);
    expect(fenceOf(service)).toBe(60);
  });

  it.each([
    [0, 120],
    [18_000, 120],
    [30_000, 200],
    [1_000_000, 900],
  ])("%i live tasks get fences of %i seconds, so that renewals take half of STS's quota", async (alive, seconds) => {
    const service = under("");
    lastSuccess(service.world, 600);
    service.world.ports.loads.alive = alive;
    await service.start(READ);
    expect(fenceOf(service)).toBe(seconds);
  });

  it("in one account, sessions of another account are as long as ever", async () => {
    const other = "222233334444";
    const [first] = DEPLOYMENT.accounts;
    if (!first) throw new Error("no account");
    const world = fakeWorld({
      deployment: { ...DEPLOYMENT, accounts: [first, { ...first, id: other as typeof first.id }] },
    });
    const service = under("", { world });
    lastSuccess(world, 600);
    for (const role of everyRole(world.ports.deployment).filter(({ account }) => account === other))
      world.ports.loads.putWrites(role, { succeededAtMs: world.nowSeconds() * 1_000 });
    const details = [ACCOUNT, other].map((account) => ({
      ...{ type: "aws", account, actions: ["s3:GetObject"] },
      resources: ["arn:aws:s3:::acme-data/reports/*"],
    }));
    const { body } = await service.exchange({ authorization_details: JSON.stringify(details) });
    expect(body.credentials?.map(({ Expiration }) => Expiration)).toEqual([
      "2026-11-24T12:02:00Z",
      "2026-11-24T12:15:00Z",
    ]);
  });

  it("the answer is 503 where a permit requires revocation, at a vend and a renewal, and nothing is asked of STS", async () => {
    const service = under('@requires("revocation")');
    const held = await service.start(READ);
    service.world.pass(11);
    lastSuccess(service.world, 600);
    const asked = service.world.ports.sessions.asked.length;
    for (const answer of [await service.exchange(READ), await service.renew(held)]) {
      expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "20" } });
      expect(answer.body.code ?? answer.body.Code).toBe("revocation_unavailable");
      expect(JSON.stringify(answer.body)).toContain(`It is account ${ACCOUNT}, since 2026-11-24T11:50:11Z.`);
    }
    expect(service.world.ports.sessions.asked).toHaveLength(asked);
    lastSuccess(service.world, 1);
    expect(await service.renew(held)).toMatchObject({ status: 200 });
  });

  it("a task below one that requires revocation gets nothing either (I3)", async () => {
    const world = fakeWorld();
    const parents =
      '@requires("revocation") permit (principal is Agent, action, resource) when { principal.id == "demo" };';
    const rest = 'permit (principal is Agent, action, resource) unless { principal.id == "demo" };';
    const service = new FakeService(world, { ...world.ports, policies: cedarOf([parents, rest]) });
    const token = await service.delegation(await service.start(READ));
    lastSuccess(world, 600);
    expect(await service.exchangeDelegation(token, READ)).toMatchObject({
      status: 503,
      body: { code: "revocation_unavailable" },
    });
  });

  it("people's approval is not used up where a permit requires revocation", async () => {
    const scene = new ApprovalScene([permitting('@approval("sre") @requires("revocation")')]);
    const waiting = await scene.waiting();
    await scene.vote(waiting);
    lastSuccess(scene.world, 600);
    expect(await scene.service.renew(waiting)).toMatchObject({ status: 503, body: { Code: "revocation_unavailable" } });
    lastSuccess(scene.world, 1);
    expect(await scene.service.renew(waiting)).toMatchObject({ status: 200 });
  });
});

describe("the bound of a panic while IAM cannot be written somewhere", () => {
  /** Declares a panic where one role has a live key, and another one is in an outage. */
  async function declared(successAfterPanic: number) {
    const service = under("");
    const held = await service.start(READ);
    const { ports } = service.world;
    const own = ports.tasks.tasks.get(held.id)?.leases[0]?.role;
    const operators = new FakeService(service.world);
    await operators.panic();
    service.world.pass(600);
    for (const role of everyRole(ports.deployment)) {
      const succeededAtMs = (service.world.nowSeconds() - 600 + (role.role === own ? successAfterPanic : 0)) * 1_000;
      ports.loads.putWrites(role, { succeededAtMs });
    }
    return (await operators.operate("GET /v1/panic")).body.unwritable;
  }

  it("counts a key in a role that reported a success by a clock that may be ahead", async () => {
    expect(await declared(299)).toMatchObject({ last_key_dies_by: "2026-11-24T12:20:00Z" });
  });

  it("leaves out a role whose policy has had the panic by every clock", async () => {
    const unwritable = await declared(300);
    expect(unwritable).toMatchObject({ since: "2026-11-24T12:00:00Z", accounts: [ACCOUNT] });
    expect(unwritable).not.toHaveProperty("last_key_dies_by");
  });
});

describe("what the reconciler reports", () => {
  const role = { account: ACCOUNT, role: "valetkey-task-0" };
  const body = JSON.stringify(role);

  it.each(["read", "write"])("is a failure where IAM's %s fails, and a success once it is over", async (failing) => {
    const triggers = new Triggers();
    const { world } = triggers.service;
    await triggers.reconcile([body]);
    const before = world.nowSeconds() * 1_000;
    world.pass(5);
    await triggers.service.suspend();
    triggers.revocations.before = (method) => {
      if (method === failing) throw new Error("ServiceUnavailable");
    };
    await triggers.reconcile([body]);
    world.pass(30);
    await triggers.reconcile([body]);
    expect(await world.ports.loads.writes(role)).toEqual({ succeededAtMs: before, failingSinceMs: before + 5_000 });
    triggers.revocations.before = () => undefined;
    await triggers.reconcile([body]);
    expect(await world.ports.loads.writes(role)).toEqual({ succeededAtMs: before + 35_000 });
  });

  it("hides no failure of IAM where it cannot be recorded", async () => {
    const triggers = new Triggers();
    triggers.service.world.ports.loads.before = () => {
      throw new Error("ServiceUnavailable");
    };
    triggers.revocations.before = () => {
      throw new Error("ServiceUnavailable");
    };
    expect(await triggers.reconcile([body])).toEqual({ batchItemFailures: [{ itemIdentifier: "m0" }] });
    expect(triggers.line("failure_not_reported")).toMatchObject({ level: "error", ...role });
  });

  it("rings by the sweep, for each account, whether the reconciler fails or does not run", async () => {
    const triggers = new Triggers();
    await triggers.sweep();
    expect(triggers.line("iam_unwritable")).toBeUndefined();
    lastSuccess(triggers.service.world, 600);
    await triggers.sweep();
    expect(triggers.line("iam_unwritable")).toEqual({
      level: "warn",
      event: "iam_unwritable",
      account: ACCOUNT,
      roles: 4,
      since: "2026-11-24T11:50:00Z",
    });
  });

  it("is counted by the sweep: the live tasks with sessions", async () => {
    const triggers = new Triggers();
    await triggers.service.start(READ);
    await triggers.sweep();
    expect(await triggers.service.world.ports.loads.living()).toBe(1);
  });
});
