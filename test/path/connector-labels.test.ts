import { describe, expect, it } from "vitest";
import { UNTIL_REVOKED } from "../../functions/core/holds/holds.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { CLOCK_MARGIN_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import { type Answer, FakeService, type Held } from "../fakes/world/service.ts";
import { API_KEY, ConnectedWorld, ORDERS, REPORTS, SITE } from "../harness/connected-world.ts";
import { Reaper } from "../harness/reaper.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";
import { APPROVING, ApprovalScene } from "./approvals/approving.ts";
import { attempt } from "./connected-tasks.ts";

watchWorlds();

const LABELLED = [
  '@id("pay") @label("payroll") permit (principal, action in [Action::"postgres:Select", Action::"github:Read"], resource);',
  '@id("out") @label("egress") permit (principal, action == Action::"s3:GetObject", resource);',
];
const WINDOW = 600;
/** Time for which a label is held after its credentials were revoked; seconds. */
const AFTERWARDS = CLOCK_MARGIN_SECONDS + WINDOW;
/** Time after the request by which a token of GitHub is dead; seconds. */
const TOKEN_DEAD = 30 + 3_600 + 60;

/** Service that keeps `payroll` (logins, tokens) and `egress` (sessions) apart. */
function apart(
  one: ConnectedWorld,
  policies: readonly string[] = LABELLED,
  ports: ConnectedWorld["ports"] = one.ports,
): FakeService {
  const conflicts = [{ a: "payroll", b: "egress", scope: "agent", windowSeconds: WINDOW }] as const;
  const deployment = { ...one.world.ports.deployment, conflicts };
  return new FakeService(one.world, { ...ports, deployment, policies: cedarOf([...policies]) });
}

function stage(policies: readonly string[] = LABELLED) {
  const one = new ConnectedWorld();
  const service = apart(one, policies);
  const [login, token, egress] = [one.ask(ORDERS), one.ask(SITE), one.ask(REPORTS)];
  /** Works off what is due, once, in no time. */
  const revoke = async () => {
    await one.sweep();
    await one.relay();
    return one.revokeLeases();
  };
  const failing = (isFailing: boolean) => {
    const before = () => {
      if (isFailing) throw new Refusal("connector_unavailable");
    };
    Object.assign(one.databases, { before });
    Object.assign(one.github, { before });
  };
  const held = () => one.world.ports.holds.held.map(({ label, fenceAt }) => [label, fenceAt]);
  return { one, world: one.world, service, login, token, egress, revoke, failing, held };
}

const codes = (...answers: readonly Answer[]) => answers.map(({ status, body }) => body.code ?? status);

describe("I11: a label of a login", () => {
  it("is held after the task's end until the login is revoked, and for the window after that", async () => {
    const { service, world, login, egress, revoke } = stage();
    const held = await service.start(login);
    await service.complete(held);
    const refused = await service.exchange(egress);
    expect([refused.status, refused.headers?.["retry-after"], refused.body]).toEqual([
      409,
      "60",
      {
        error: "slow_down",
        code: "label_conflict",
        error_description:
          "Policy keeps what the request is labelled apart from what may still be in use. It is labelled 'egress', and 'payroll' is held for this agent until the task that holds it has ended and its credentials are revoked, and for a while after that.",
        label: "egress",
        conflicts_with: "payroll",
        retry_after: 60,
      },
    ]);
    expect(await revoke()).toBe(0);
    const early = await service.exchange(egress);
    expect([codes(early), early.headers?.["retry-after"]]).toEqual([["label_conflict"], String(AFTERWARDS)]);
    world.pass(AFTERWARDS - 1);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    world.pass(1);
    expect(codes(await service.exchange(egress), await service.exchange(login))).toEqual([200, "label_conflict"]);
  });

  it("has its window from the revocation on, whenever the other side is asked for", async () => {
    const { service, world, login, egress, revoke } = stage();
    await service.complete(await service.start(login));
    await revoke();
    world.pass(AFTERWARDS);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("is held while the revocation fails, for hours after the login's own time", async () => {
    const { one, service, world, login, egress, revoke, failing } = stage();
    await service.complete(await service.start(login));
    failing(true);
    for (let hour = 0; hour < 3; hour += 1) {
      await revoke();
      world.pass(3_600);
      expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    }
    expect(one.remaining().logins).toHaveLength(1);
    failing(false);
    await revoke();
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    world.pass(AFTERWARDS);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("is freed by no status and no time in the task's record, which other functions write", async () => {
    const { service, world, login, egress } = stage();
    const { id } = await service.start(login);
    const { tasks } = world.ports;
    const record = tasks.tasks.get(id);
    const forged = record?.connectorLeases?.map((lease) => ({ ...lease, state: "revoked" as const, revokedAt: 0 }));
    if (record && forged) tasks.tasks.set(id, { ...record, connectorLeases: forged });
    world.pass(7_200);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
  });

  it("has no window from before its lease, whatever the record has, once the login is revoked", async () => {
    const { service, world, login, egress, revoke } = stage();
    const startedAt = Math.floor(world.nowSeconds());
    const { id, ...held } = await service.start(login);
    await service.complete({ id, ...held });
    await revoke();
    const { tasks, holds } = world.ports;
    const record = tasks.tasks.get(id);
    const forged = record?.connectorLeases?.map((lease) => ({ ...lease, revokedAt: 0 }));
    if (record && forged) tasks.tasks.set(id, { ...record, connectorLeases: forged });
    await service.exchange(egress);
    expect(holds.held.map(({ fenceAt }) => fenceAt)).toEqual([startedAt]);
  });

  it("has its window from now on where the record does not have the moment", async () => {
    const { service, world, login, egress, revoke } = stage();
    const { id, ...held } = await service.start(login);
    await service.complete({ id, ...held });
    await revoke();
    const { tasks } = world.ports;
    tasks.tasks.delete(id);
    world.pass(3_600);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    world.pass(AFTERWARDS);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("keeps a login out while a session of the other side may live", async () => {
    const { one, service, login, egress } = stage();
    await service.complete(await service.start(egress));
    expect(codes(await service.exchange(login))).toEqual(["label_conflict"]);
    expect(one.databases.statements).toEqual([]);
  });

  it("is held by each of several tasks, until the last of their logins is revoked", async () => {
    const { service, world, login, egress, revoke } = stage();
    const [first, second] = [await service.start(login), await service.start(login)];
    await service.complete(first);
    await revoke();
    world.pass(120);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    await service.complete(second);
    await revoke();
    world.pass(AFTERWARDS);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("is held by every key of its task: the session's fence counts, too", async () => {
    const reads = LABELLED.map((text) => text.replace('"s3:GetObject"', '"s3:PutObject"'));
    const { one, service, world, revoke } = stage([...reads, '@id("rest") permit (principal, action, resource);']);
    await service.complete(await service.start(one.ask(ORDERS, REPORTS)));
    await revoke();
    const put = one.ask({ ...REPORTS, actions: ["s3:PutObject"] });
    world.pass(AFTERWARDS);
    const refused = await service.exchange(put);
    expect([codes(refused), refused.headers?.["retry-after"]]).toEqual([["label_conflict"], "900"]);
    world.pass(900);
    expect(codes(await service.exchange(put))).toEqual([200]);
  });

  it("is held by no secret beside the login, which nothing takes back from its reader", async () => {
    const { one, service, world } = stage([
      ...LABELLED,
      '@id("rest") permit (principal, action == Action::"secret:Read", resource);',
    ]);
    await service.start(one.ask(ORDERS, API_KEY));
    expect(world.ports.holds.held.map(({ leases }) => leases?.names)).toEqual([["postgres-0"]]);
  });

  it("is in the journal of what was vended", async () => {
    const { service, world, login } = stage();
    await service.start(login);
    expect(world.ports.tasks.events).toMatchObject([{ type: "task.opened", facts: { labels: ["payroll"] } }]);
  });
});

describe("I11: a label of a token that dies by itself", () => {
  it("is free once the token is dead by any clock, although nobody could revoke it", async () => {
    const { service, world, token, egress, failing, held } = stage();
    const startedAt = Math.floor(world.nowSeconds());
    const task = await service.start(token);
    expect(held()).toEqual([["payroll", startedAt + TOKEN_DEAD]]);
    failing(true);
    await service.complete(task);
    const refused = await service.exchange(egress);
    expect(refused.body.error_description).toContain("until 2026-11-24T13:16:30Z at the latest");
    expect(refused.headers?.["retry-after"]).toBe("60");
    world.pass(TOKEN_DEAD + AFTERWARDS - 1);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
    world.pass(1);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("is free earlier where the token is revoked", async () => {
    const { one, service, world, token, egress, revoke } = stage();
    await service.complete(await service.start(token));
    await revoke();
    expect(one.github.live.size).toBe(0);
    world.pass(AFTERWARDS);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it("is held by the login beside it, too", async () => {
    const { one, service, held } = stage();
    await service.start(one.ask(SITE, ORDERS));
    expect(held()).toEqual([["payroll", UNTIL_REVOKED]]);
  });
});

describe("a task that fails before anybody has its login", () => {
  it("gives its label back where the database refuses", async () => {
    const { service, login, egress, failing, held } = stage();
    failing(true);
    expect(codes(await service.exchange(login))).toEqual(["connector_unavailable"]);
    expect(held()).toEqual([]);
    expect(codes(await service.exchange(egress))).toEqual([200]);
  });

  it.each(["before", "after"] as const)(
    "does not hold its label for ever where its process dies %s any of its calls",
    async (when) => {
      let [at, left] = [0, 0];
      for (; ; at += 1) {
        const reaper = new Reaper(at, when);
        const one = new ConnectedWorld({}, reaper.disturb);
        const { status } = await apart(one).exchange(one.ask(ORDERS));
        if (!reaper.isDead) {
          expect(status).toBe(200);
          break;
        }
        left += one.world.ports.holds.held.some(({ leases }) => leases) ? 1 : 0;
        // A new process, with the minutes after.
        for (let minute = 0; minute < 18; minute += 1) await attempt(one);
        const after = await apart(one, LABELLED, one.world.ports).exchange(one.ask(REPORTS));
        expect(codes(after), `after call ${at}`).toEqual([200]);
      }
      expect(left).toBeGreaterThan(2);
      expect(at).toBeGreaterThan(8);
    },
  );
});

describe("a repeat of a request for a login", () => {
  it("holds the label anew, and gets nothing where the other side was taken meanwhile", async () => {
    const { one, world, service, login, egress, held } = stage();
    const plain = apart(one, ['@id("all") permit (principal, action, resource);']);
    const form = { ...login, subject_token: world.agentToken(), idempotency_key: "once" };
    // The permits had no labels then.
    await plain.start(form);
    expect(held()).toEqual([]);
    world.pass(11);
    expect(codes(await service.exchange(form))).toEqual([200]);
    expect(held()).toEqual([["payroll", UNTIL_REVOKED]]);
    expect(codes(await service.exchange(egress))).toEqual(["label_conflict"]);
  });

  it("is refused, and makes no login, where the other side is held", async () => {
    const { one, world, service, login, egress, held } = stage();
    const plain = apart(one, ['@id("all") permit (principal, action, resource);']);
    const form = { ...login, subject_token: world.agentToken(), idempotency_key: "once" };
    await plain.start(form);
    await service.start(egress);
    world.pass(11);
    const statements = one.databases.statements.length;
    expect(codes(await service.exchange(form))).toEqual(["label_conflict"]);
    expect(one.databases.statements).toHaveLength(statements);
    expect(held().map(([label]) => label)).toEqual(["egress"]);
  });
});

describe("a request for a login that waits for people", () => {
  const scenes = () => {
    const { databases = [] } = new ConnectedWorld().world.ports.deployment;
    const conflicts = [{ a: "payroll", b: "egress", scope: "agent", windowSeconds: WINDOW }] as const;
    const one = new ConnectedWorld({ deployment: { ...APPROVING, databases, conflicts } });
    const [pay = "", ...others] = LABELLED;
    const labelled = [pay.replace(" permit", ' @approval("sre") permit'), ...others];
    const before = labelled.map((text) => text.replace('@label("payroll") ', ""));
    return { one, before: new ApprovalScene(before, one.world), scene: new ApprovalScene(labelled, one.world) };
  };
  const held = ({ world }: ConnectedWorld) => world.ports.holds.held.map(({ label, fenceAt }) => [label, fenceAt]);

  it("takes the label with the use of the approval", async () => {
    const { one, scene } = scenes();
    const waiting = await scene.waiting(one.ask(ORDERS));
    expect(held(one)).toEqual([]);
    await scene.vote(waiting);
    expect((await scene.poll(waiting)).status).toBe(200);
    expect(held(one)).toEqual([["payroll", UNTIL_REVOKED]]);
    expect(codes(await scene.service.exchange(one.ask(REPORTS)))).toEqual(["label_conflict"]);
  });

  it("holds nothing where it is asked again while the other side is held", async () => {
    const { one, before, scene } = scenes();
    const waiting = await before.waiting(one.ask(ORDERS));
    await before.vote(waiting);
    expect((await before.poll(waiting)).status).toBe(200);
    // The permit had no label then.
    expect(codes(await scene.service.exchange(one.ask(REPORTS)))).toEqual([200]);
    one.world.pass(11);
    const statements = one.databases.statements.length;
    expect(codes(await scene.poll(waiting))).toEqual(["label_conflict"]);
    expect(one.databases.statements).toHaveLength(statements);
    expect(held(one).map(([label]) => label)).toEqual(["egress"]);
  });
});

describe("holds of logins that are revoked", () => {
  const many = async (scene: ReturnType<typeof stage>, count: number) => {
    for (let nth = 0; nth < count; nth += 1) {
      const held: Held = await scene.service.start(scene.login);
      await scene.service.complete(held);
      scene.world.pass(30);
    }
  };

  it("are ended with the next login, so that they do not collect where nobody asks for the other side", async () => {
    const scene = stage();
    for (let nth = 0; nth < 6; nth += 1) {
      await many(scene, 1);
      await scene.revoke();
    }
    const lasting = scene.held().filter(([, fenceAt]) => fenceAt === UNTIL_REVOKED);
    expect(lasting.length).toBeLessThan(3);
  });

  it("are ended all at once where the other side is asked for, however many they are", async () => {
    const scene = stage();
    const { holds } = scene.world.ports;
    const place = { scope: "agent", holder: "demo", label: "payroll" } as const;
    const leases = { names: ["postgres-0"], startedAt: Math.floor(scene.world.nowSeconds()) };
    const gone = (count: number) => {
      for (let nth = 0; nth < count; nth += 1)
        holds.write([
          { ...place, fenceAt: UNTIL_REVOKED, task: `k${String(nth).padStart(11, "0")}_` as TaskPath, leases },
        ]);
    };
    gone(60);
    expect(codes(await scene.service.exchange(scene.egress))).toEqual(["label_conflict"]);
    scene.world.pass(AFTERWARDS);
    expect(codes(await scene.service.exchange(scene.egress))).toEqual([200]);
  });

  it("are an outage where they cannot be ended, and nothing is issued", async () => {
    const { service, world, login, egress, revoke } = stage();
    await service.complete(await service.start(login));
    await revoke();
    world.pass(AFTERWARDS);
    world.ports.holds.before = (method) => {
      if (method === "end") throw new Refusal("store_unavailable");
    };
    expect(codes(await service.exchange(egress))).toEqual(["store_unavailable"]);
    expect(world.ports.sessions.asked).toEqual([]);
  });
});

describe("what a revocation does not surely end", () => {
  it("gets no label: a secret by value, and a token of OAuth", async () => {
    const { one, service } = stage(['@id("all") @label("payroll") permit (principal, action, resource);']);
    for (const detail of [API_KEY, { type: "oauth", provider: "crm", scopes: ["contacts.read"] }]) {
      const { status, body } = await service.exchange(one.ask(detail));
      expect([status, body.denials?.[0]?.reason]).toEqual([
        403,
        'Policy labels it "payroll" and keeps that apart from other labels, and neither a fence nor a revocation surely ends what it hands out.',
      ]);
    }
  });
});
