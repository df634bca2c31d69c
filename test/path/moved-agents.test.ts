import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import type { Agent } from "../../functions/core/identity/agent.ts";
import { FakeService } from "../fakes/world/service.ts";
import { fakeWorld } from "../fakes/world/world.ts";
import { watchWorlds } from "../harness/watch-worlds.ts";
import { cedarOf } from "../unit/core/cedar-of.ts";

watchWorlds();

const POLICIES = cedarOf(['permit (principal in Team::"demo", action, resource);']);
const REPORTS = {
  authorization_details:
    '[{"type":"aws","account":"111122223333","actions":["s3:GetObject"],"resources":["arn:aws:s3:::acme-data/a"]}]',
};
const AGAIN = { ...REPORTS, idempotency_key: "run-1" };

/** A process whose cache holds the agents from before, and the change of one of them. */
function warm(changed: Partial<Agent>, id = "demo") {
  const service = new FakeService(fakeWorld({ policies: POLICIES }));
  const { agents } = service.world.ports;
  const change = () => {
    const before = agents.agents.get(id);
    if (!before) throw new Error(`there is no ${id}`);
    const bound = before.bindings.map(({ claims }) => ({ agent: before.id, claims }));
    if (changed.bindings) agents.withBinding = async () => bound;
    agents.cached.set(id, before);
    agents.agents.set(id, { ...before, ...changed });
  };
  return {
    service,
    agents,
    change,
    statuses: () => [...service.world.ports.tasks.tasks.values()].map((t) => t.status),
  };
}

describe("I1: an agent that was changed within the last minute, in the eyes of a process that has it in its cache", () => {
  const CHANGES: readonly (readonly [string, Partial<Agent>])[] = [
    ["moved to another team", { team: "payroll" }],
    ["given to another owner", { owner: "mallory@acme.test" }],
    ["bound to other identities", { bindings: [{ issuer: "robots", claims: { sub: "agent:demo", ref: "main" } }] }],
    ["allowed shorter tasks", { limits: { liveTasks: 50, taskSeconds: 60 } }],
    ["given an end", { endsAt: Math.floor(Date.UTC(2026, 10, 24, 12, 1) / 1_000) }],
  ];
  it.each(CHANGES)("%s: is granted nothing by its old registration", async (_, changed) => {
    const { service, change, statuses } = warm(changed);
    change();
    expect(await service.exchange(AGAIN)).toMatchObject({ status: 503, body: { code: "agent_changed" } });
    expect(statuses()).toEqual(["withdrawn"]);
    expect(service.world.ports.tasks.confirmed.size).toBe(0);
  });

  it("is decided by the new one as soon as that is known: the same request may be repeated", async () => {
    const { service, agents, change, statuses } = warm({ owner: "carol@acme.test" });
    change();
    const form = { ...AGAIN, subject_token: service.world.agentToken() };
    expect((await service.exchange(form)).status).toBe(503);
    agents.cached.clear();
    expect((await service.exchange(form)).status).toBe(200);
    expect(statuses()).toEqual(["withdrawn", "active"]);
  });

  it.each([
    [
      "another name, other limits of what it may have at a time, a confirmation",
      { name: "new", confirmedAt: 1, limits: { liveTasks: 9, taskSeconds: 43_200 } },
    ],
  ])("with %s is granted what it was", async (_, changed) => {
    const { service, change } = warm(changed);
    change();
    expect((await service.exchange(REPORTS)).status).toBe(200);
  });

  it("gets nothing below another task either, whether it is its own change or one of an agent above", async () => {
    for (const id of ["helper", "demo"]) {
      const { service, agents, change } = warm({ team: "payroll" }, id);
      const token = await service.delegation(await service.start(REPORTS));
      // The change comes between the decision and the write of the child.
      const tasks = service.world.ports.tasks;
      tasks.before = (method) => {
        if (method === "open") change();
      };
      expect(await service.exchangeDelegation(token, REPORTS), id).toMatchObject({
        status: 503,
        body: { code: "agent_changed" },
      });
      tasks.before = () => undefined;
      expect(
        [...tasks.tasks.values()].map(({ status }) => status),
        id,
      ).toEqual(["active", "withdrawn"]);
      agents.cached.clear();
    }
  });

  it("is renewed nothing that was decided before the change", async () => {
    const { service, change } = warm({ team: "payroll" });
    const held = await service.start(REPORTS);
    service.world.pass(20);
    service.world.ports.tasks.before = (method) => {
      if (method === "renew") change();
    };
    expect(await service.renew(held)).toMatchObject({ status: 503, body: { code: "agent_changed" } });
    service.world.ports.tasks.before = () => undefined;
    service.world.pass(20);
    expect(await service.renew(held)).toMatchObject({ status: 403, body: { code: "policy_denied" } });
  });
});

describe("a tool server that was suspended", () => {
  it.each(["suspended", "gone"] as const)(
    "(%s) learns nothing from then on, whatever a process has in its cache",
    async (how) => {
      const service = new FakeService(fakeWorld());
      const { agents } = service.world.ports;
      const held = await service.start({
        authorization_details: '[{"type":"tool","server":"tickets","tools":["search"]}]',
      });
      const shown = String((await service.present(held.token)).body.access_token);
      expect(await service.introspect(shown)).toMatchObject({ body: { active: true } });
      const before = agents.agents.get("tickets");
      if (!before) throw new Error("no tickets");
      agents.cached.set("tickets", before);
      agents.withBinding = async () => [{ agent: agentId("tickets"), claims: { sub: "agent:tickets" } }];
      if (how === "gone") agents.agents.delete("tickets");
      else agents.agents.set("tickets", { ...before, status: "suspended" });
      expect(await service.introspect(shown)).toMatchObject({ status: 401, body: { code: "client_unauthenticated" } });
    },
  );
});
