import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { COOL_DOWN_SECONDS } from "../../functions/core/escalation/cool-down.ts";
import { Refusal } from "../../functions/core/refusal.ts";
import { ACCOUNT } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { PAYROLL, Watched } from "./watched-refusals.ts";

watchWorlds();

describe("E8: an agent that policy refuses twenty times within ten minutes", () => {
  it("cools down for fifteen minutes, and then starts tasks again", async () => {
    const watched = new Watched();
    expect(new Set(await watched.refused(19))).toEqual(new Set(["policy_denied"]));
    expect(await watched.opens()).toBe(200);
    await watched.refused(1);
    const { status, headers, body } = await watched.service.exchange();
    expect([status, body.code, headers["retry-after"]]).toEqual([429, "agent_cooling_down", "900"]);
    watched.world.pass(COOL_DOWN_SECONDS - 1);
    expect(await watched.opens()).toBe(429);
    watched.world.pass(1);
    expect(await watched.opens()).toBe(200);
  });

  it("is one event on the bus and one in the journal, with what was seen and done", async () => {
    const watched = new Watched();
    await watched.refused(20);
    const seen = { rule: "E8", agent: "demo", action: "s3:GetObject", resource: "arn:aws:s3:::acme-payroll/*" };
    expect(watched.reported).toMatchObject([seen]);
    expect(watched.records()).toMatchObject([{ facts: { ...seen, done: "cool_down", source_ip: "203.0.113.7" } }]);
    expect(watched.lines("escalation_detected")).toMatchObject([{ level: "error", rule: "E8", agent: "demo" }]);
  });

  it("is an alarm alone until valetkey.json names more", async () => {
    const watched = new Watched({});
    await watched.refused(20);
    expect(watched.records()).toMatchObject([{ facts: { done: "alarm" } }]);
    expect(await watched.opens()).toBe(200);
  });

  it("is found again after the cool-down, and recorded again", async () => {
    const watched = new Watched();
    await watched.refused(20);
    watched.world.pass(COOL_DOWN_SECONDS);
    await watched.refused(19);
    expect(watched.records()).toHaveLength(1);
    await watched.refused(1);
    expect(watched.records()).toHaveLength(2);
    expect(await watched.opens()).toBe(429);
  });

  it("is no escalation where more than ten minutes lie between the first and the last", async () => {
    const watched = new Watched();
    await watched.refused(1);
    watched.world.pass(300);
    await watched.refused(18);
    watched.world.pass(301);
    await watched.refused(1);
    expect(watched.reported).toEqual([]);
    watched.world.pass(298);
    await watched.refused(1);
    expect(watched.reported).toHaveLength(1);
  });

  it("goes on with what it has: its tasks are renewed, polled, shown and ended while it cools down; it delegates nothing", async () => {
    const watched = new Watched();
    const [one, two, three] = [await watched.start(), await watched.start(), await watched.start()];
    await watched.refused(20);
    watched.world.pass(11);
    expect(await watched.opens()).toBe(429);
    expect((await watched.service.renew(one)).status).toBe(200);
    expect((await watched.service.readTask(one)).status).toBe(200);
    expect((await watched.service.delegate(one.token)).body.code).toBe("agent_cooling_down");
    watched.world.ports.coolDowns.knownUntil = () => undefined; // as in another process
    expect((await watched.service.delegate(one.token)).body.code).toBe("agent_cooling_down");
    expect((await watched.service.complete(one)).status).toBe(200);
    expect((await watched.service.revoke(two.token)).status).toBe(200);
    expect((await watched.service.endTask(three.id)).status).toBe(200);
    expect([one, two, three].map((held) => watched.status(held.id))).toEqual(["completed", "revoked", "revoked"]);
  });

  it("is refused from memory once a process knows: no session is made, and nothing is written", async () => {
    const watched = new Watched();
    const held = await watched.start();
    await watched.refused(20);
    await watched.opens();
    const { sessions, tasks } = watched.world.ports;
    const before = [sessions.asked.length, tasks.events.length, tasks.tasks.size];
    for (let time = 0; time < 3; time += 1) expect(await watched.opens()).toBe(429);
    expect((await watched.service.delegate(held.token)).status).toBe(429);
    expect([sessions.asked.length, tasks.events.length, tasks.tasks.size]).toEqual(before);
  });

  it("makes no further request to the store while it is refused nothing", async () => {
    const watched = new Watched();
    const held = await watched.start();
    watched.world.pass(11);
    await watched.service.renew(held);
    await watched.service.exchange({ subject_token: "not-a-token" });
    expect(watched.world.ports.refusedUses.calls).toBe(0);
  });

  it("is refused as an outage where it cannot be counted, and does not learn what policy denies", async () => {
    const watched = new Watched();
    for (const method of ["add", "latest"]) {
      watched.world.ports.refusedUses.before = (called) => {
        if (called === method) throw new Refusal("store_unavailable");
      };
      const { status, body } = await watched.service.exchange({ ...PAYROLL, subject_token: watched.token() });
      expect([status, body.code, body.denials]).toEqual([503, "store_unavailable", undefined]);
    }
  });

  it("is issued nothing where nobody can read whether it cools down", async () => {
    const watched = new Watched();
    watched.world.ports.coolDowns.before = () => {
      throw new Refusal("store_unavailable");
    };
    expect(await watched.service.exchange()).toMatchObject({ status: 503 });
    expect([...watched.world.ports.tasks.tasks.values()].map(({ status }) => status)).toEqual(["withdrawn"]);
  });

  it("is refused all the same while the bus takes nothing; that rings, and the next refusal reports it", async () => {
    const watched = new Watched();
    watched.world.ports.escalations.before = () => {
      throw new Error("the bus is down");
    };
    expect(await watched.refused(20)).toHaveLength(20);
    expect(watched.lines("escalation_not_told")).toMatchObject([{ level: "error", rule: "E8", agent: "demo" }]);
    watched.world.ports.escalations.before = () => undefined;
    await watched.refused(1);
    expect(await watched.opens()).toBe(429);
  });

  it("is found by the last of twenty requests that are refused at the same moment", async () => {
    const watched = new Watched();
    const requests = Array.from({ length: 20 }, () =>
      watched.service.exchange({ ...PAYROLL, subject_token: watched.token() }),
    );
    await Promise.all(requests);
    expect(new Set(watched.reported.map(({ id }) => id)).size).toBe(1);
  });

  it("is given nothing that was being opened when the cool-down began", async () => {
    const watched = new Watched();
    watched.world.ports.tasks.before = async (method) => {
      if (method !== "open") return;
      await watched.world.ports.coolDowns.begin({
        agent: agentId("demo"),
        at: watched.world.nowSeconds(),
        by: "escalation:E8:x",
      });
    };
    expect(await watched.service.exchange()).toMatchObject({ status: 429, body: { code: "agent_cooling_down" } });
    expect([...watched.world.ports.tasks.tasks.values()].map(({ status }) => status)).toEqual(["withdrawn"]);
  });
});

describe("E8 is no lever", () => {
  it("for a person against the agent that works for people: what they may not have counts for nobody", async () => {
    const watched = new Watched();
    for (let time = 0; time < 25; time += 1) {
      watched.world.pass(5);
      const { body } = await watched.service.exchangeFor(watched.world.personToken({ groups: [] }));
      expect(body.code).toBe("policy_denied");
    }
    expect(watched.reported).toEqual([]);
    expect(await watched.opens()).toBe(200);
  });

  it("for whoever has seen tokens that an agent has used for tasks: they do not count, and ring", async () => {
    const watched = new Watched();
    const tokens = Array.from({ length: 5 }, () => watched.token());
    for (const subject_token of tokens) await watched.service.start({ subject_token });
    for (const token of tokens) await watched.refused(6, "demo", token);
    expect(watched.reported).toEqual([]);
    expect(watched.lines("used_token_refused")).toHaveLength(30);
    expect(await watched.opens()).toBe(200);
  });

  it("for whoever has seen tokens that policy refused: each counts once while it lives, however late it is shown again", async () => {
    const watched = new Watched();
    const tokens = Array.from({ length: 19 }, () =>
      watched.token("demo", { exp: watched.world.nowSeconds() + 3_000, iat: watched.world.nowSeconds() }),
    );
    for (const token of tokens) await watched.refused(1, "demo", token);
    for (const token of tokens) await watched.refused(1, "demo", token);
    watched.world.pass(1_200);
    for (const token of tokens) await watched.refused(2, "demo", token);
    expect(watched.reported).toEqual([]);
  });

  it("for an agent of the same issuer: the refusals of one are not another's, though it names its tokens alike", async () => {
    const watched = new Watched(undefined, ["other"]);
    for (let time = 0; time < 30; time += 1)
      await watched.refused(1, "other", watched.token("other", { jti: `same-${time}` }));
    expect(await watched.opens("other")).toBe(429);
    expect(await watched.opens("demo")).toBe(200);
    expect(watched.reported.map(({ agent }) => agent)).toEqual(["other"]);
  });

  it("for a sub-agent against the agent above: its refusals are none of that agent's", async () => {
    const watched = new Watched();
    const parent = await watched.start();
    const delegation = await watched.service.delegation(parent);
    for (let time = 0; time < 25; time += 1)
      await watched.service.exchangeDelegation(delegation, { ...PAYROLL, actor_token: watched.token("helper") });
    await watched.deliver();
    expect(watched.reported).toEqual([]);
    expect(await watched.opens("demo")).toBe(200);
  });

  it("for the agent above against a sub-agent, by delegations that allow less than they state", async () => {
    const watched = new Watched();
    const parent = await watched.start();
    const narrow = [
      { type: "aws", account: ACCOUNT, actions: ["s3:GetObject"], resources: ["arn:aws:s3:::acme-data/reports/a"] },
    ];
    const delegation = await watched.service.delegation(parent, { authorization_details: JSON.stringify(narrow) });
    for (let time = 0; time < 25; time += 1) {
      watched.world.pass(5);
      const { body } = await watched.service.exchangeDelegation(delegation, { actor_token: watched.token("helper") });
      expect(body.code).toBe("policy_denied");
    }
    expect(watched.reported).toEqual([]);
    expect(await watched.opens("helper")).toBe(200);
  });

  it("for strangers: tokens of nobody, and of another issuer under the agent's name, do not count", async () => {
    const watched = new Watched();
    for (let time = 0; time < 25; time += 1) {
      await watched.refused(1, "nobody");
      await watched.refused(1, "demo", watched.token("demo", { iss: "https://mesh.test" }));
    }
    expect(watched.reported).toEqual([]);
  });

  it("for whoever delivers its event again, or late: no cool-down is longer than fifteen minutes from the request", async () => {
    const watched = new Watched();
    await watched.refused(20);
    for (const seconds of [300, 300, 299]) {
      watched.world.pass(seconds);
      await watched.deliver(0);
    }
    watched.world.pass(1);
    expect(await watched.opens()).toBe(200);
    watched.world.pass(3_600);
    await watched.deliver(0);
    expect(await watched.opens()).toBe(200);
    expect(watched.records()).toHaveLength(1);
  });

  it("for other processes of the exchange, which do not know yet: requests during a cool-down do not lead to the next", async () => {
    const watched = new Watched();
    await watched.refused(20);
    const before = watched.world.ports.refusedUses.calls;
    watched.world.ports.coolDowns.knownUntil = () => undefined;
    expect(new Set(await watched.refused(25))).toEqual(new Set(["agent_cooling_down"]));
    expect(watched.world.ports.refusedUses.calls).toBe(before);
  });

  it("for agents that are sacrificed, or a policy that denies everybody: cool-downs are capped within an hour, and refusals are still reported", async () => {
    const watched = new Watched({ E8: "cool_down", suspensionsPerHour: 2 }, ["a1", "a2", "a3"]);
    for (const agent of ["a1", "a2", "a3"]) await watched.refused(20, agent);
    expect(await Promise.all(["a1", "a2", "a3"].map((agent) => watched.opens(agent)))).toEqual([429, 429, 200]);
    expect(watched.records().at(-1)?.facts).toMatchObject({ agent: "a3", done: "alarm", wanted: "cool_down" });
  });

  it("for whoever puts another agent's name into an event of another kind: a cool-down is E8's alone", async () => {
    const watched = new Watched({ E4: "cool_down", E7: "cool_down" } as never);
    const held = await watched.start();
    const id = "x".repeat(43);
    await watched.tell({
      id,
      rule: "E4",
      at: watched.world.nowSeconds(),
      account: ACCOUNT,
      task: held.id,
      agent: "tickets",
    });
    expect([...watched.world.ports.coolDowns.coolDowns]).toEqual([]);
  });

  it.each([
    ["long ago", -COOL_DOWN_SECONDS, false],
    ["in the far future", 100_000, true],
  ])(
    "for a caller who claims that it happened %s: a cool-down ends fifteen minutes from now at the latest",
    async (_, ago, cools) => {
      const watched = new Watched();
      await watched.tell({ id: "x".repeat(43), rule: "E8", at: watched.world.nowSeconds() + ago, agent: "demo" });
      expect((await watched.opens()) === 429).toBe(cools);
      watched.world.pass(COOL_DOWN_SECONDS);
      expect(await watched.opens()).toBe(200);
    },
  );

  it("for whoever writes the item: one that begins in the future is none", async () => {
    const watched = new Watched();
    await watched.world.ports.coolDowns.begin({
      agent: agentId("demo"),
      at: watched.world.nowSeconds() + 3_600,
      by: "x",
    });
    expect(await watched.opens()).toBe(200);
  });

  it("for an event of an agent that is not registered", async () => {
    const watched = new Watched();
    await watched.tell({ id: "x".repeat(43), rule: "E8", at: watched.world.nowSeconds(), agent: "nobody" });
    expect(watched.lines("event_refused")).toMatchObject([{ why: "unknown" }]);
    expect([...watched.world.ports.coolDowns.coolDowns]).toEqual([]);
  });
});
