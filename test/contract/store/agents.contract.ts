import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { type Agent, registrationOf } from "../../../functions/core/identity/agent.ts";
import {
  EMPTY_CHAIN,
  headOf,
  isWholeChain,
  type JournalEvent,
  linkEvent,
} from "../../../functions/core/journal/event.ts";
import { NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Contract of agents: how they are registered, found and changed. */
export function agentsContract(store: () => TestedStore): void {
  describe("agents", () => {
    const anAgent = (changed: Partial<Agent> = {}): { readonly agent: Agent; readonly event: JournalEvent } => {
      const id = agentId(`agent-${randomBytes(6).toString("hex")}`);
      const event = linkEvent(EMPTY_CHAIN, changed.id ?? id, "agent.registered", NOW * 1_000, { by: "staff|alice" });
      const agent: Agent = {
        id,
        name: "Demo",
        owner: "owner@acme.test",
        team: "demo",
        bindings: [{ issuer: "robots", claims: { sub: id } }],
        status: "active",
        limits: { liveTasks: 5, taskSeconds: 900 },
        createdAt: NOW,
        chain: headOf(event),
        ...changed,
      };
      return { agent, event };
    };
    const registered = async (changed: Partial<Agent> = {}): Promise<Agent> => {
      const { agent, event } = anAgent(changed);
      await store().agents.register(agent, event);
      return agent;
    };

    const halted = async (agent: Agent, status: "suspended" | "offboarding"): Promise<Agent> => {
      const event = linkEvent(agent.chain, agent.id, `agent.${status}`, NOW * 1_000, { by: "staff|alice" });
      const stopped: Agent = { ...agent, status, halted: { at: NOW, by: "staff|alice" }, chain: headOf(event) };
      await store().agents.change(stopped, event, { halt: "placed" });
      return stopped;
    };

    it("are registered with their bindings and their event, and found by both", async () => {
      const { agent, event } = anAgent({ endsAt: NOW + 900 });
      await store().agents.register(agent, event);
      expect(await store().agents.record(agent.id)).toEqual(agent);
      for (const known of [await store().agents.read(agent.id), await store().agents.find(agent.id)])
        expect(known).toMatchObject({ ...registrationOf(agent), status: "active" });
      expect(await store().agents.withBinding("robots", agent.id)).toMatchObject([{ agent: agent.id }]);
      expect(await store().agents.withBinding("mesh", agent.id)).toEqual([]);
      expect(await store().events(agent.id)).toEqual([event]);
      const after = agentId(`${agent.id.slice(0, -1)}`);
      const { agents } = await store().agents.list(after);
      const { id, name, owner, team, status, endsAt, createdAt } = agent;
      expect(agents[0]).toEqual({ id, name, owner, team, status, endsAt, createdAt });
    });

    it("do not exist for unknown ids", async () => {
      const id = agentId("nobody-at-all");
      expect(await store().agents.read(id)).toBeUndefined();
      expect(await store().agents.record(id)).toBeUndefined();
      expect(await store().agents.find(agentId("nobody-at-all"))).toBeUndefined();
      expect(await store().agents.withBinding("robots", "nobody-at-all")).toEqual([]);
      expect(await store().agents.liveTasks(agentId("nobody-at-all"))).toEqual([]);
    });

    it("are registered once: an id is taken, whatever the bindings of a second registration", async () => {
      const agent = await registered();
      for (const bindings of [agent.bindings, [{ issuer: "robots", claims: { sub: randomUUID() } }]]) {
        const second = anAgent({ id: agent.id, bindings, team: "other" });
        await expect(store().agents.register(second.agent, second.event)).rejects.toEqual(refused("agent_exists"));
      }
      expect(await store().agents.record(agent.id)).toEqual(agent);
      expect(await store().events(agent.id)).toHaveLength(1);
    });

    it("may share a pin where their claims differ, but not where a token could match both", async () => {
      const sub = randomUUID();
      const main = await registered({ bindings: [{ issuer: "robots", claims: { sub, ref: "main" } }] });
      const dev = await registered({ bindings: [{ issuer: "robots", claims: { sub, ref: "dev" } }] });
      const wide = anAgent({ bindings: [{ issuer: "robots", claims: { sub } }] });
      await expect(store().agents.register(wide.agent, wide.event)).rejects.toEqual(refused("binding_overlaps"));
      const other = { issuer: "robots", claims: { sub: randomUUID() } };
      const held = await store().agents.held({ id: wide.agent.id, bindings: [other, ...wide.agent.bindings] });
      expect(held.toSorted((a, b) => (a.by < b.by ? -1 : 1))).toEqual(
        [main.id, dev.id].sort().map((by) => ({ binding: 1, by })),
      );
      expect(await store().agents.held(main)).toEqual([]);
      expect(await store().agents.read(wide.agent.id)).toBeUndefined();
      const bound = await store().agents.withBinding("robots", sub);
      expect(bound.map(({ agent }) => agent).sort()).toEqual([main.id, dev.id].sort());
    });

    it("may not be registered where one of several bindings of one pin is another's", async () => {
      const [sub, ref, env] = [randomUUID(), "main", "prod"];
      const binding = (claims: object) => ({ issuer: "robots", claims: { sub, ...claims } });
      await registered({ bindings: [binding({ env: "dev" })] });
      const several = anAgent({ bindings: [binding({ env }), binding({ ref })] });
      await expect(store().agents.register(several.agent, several.event)).rejects.toEqual(refused("binding_overlaps"));
      const apart = anAgent({ bindings: [binding({ env }), binding({ env: "test", ref })] });
      await store().agents.register(apart.agent, apart.event);
    });

    it("are registered once of many concurrent registrations for one token", async () => {
      const bindings = [{ issuer: "robots", claims: { sub: randomUUID() } }];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 5 }, () => anAgent({ bindings })).map(({ agent, event }) =>
          store().agents.register(agent, event),
        ),
      );
      expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    it("are changed with their event where nobody else has changed them", async () => {
      const agent = await registered();
      const event = linkEvent(agent.chain, agent.id, "agent.suspended", NOW * 1_000, { by: "staff|alice" });
      const halted = { at: NOW, by: "staff|alice" };
      const suspended: Agent = { ...agent, status: "suspended", halted, chain: headOf(event) };
      await store().agents.change(suspended, event, { halt: "placed" });
      expect(await store().agents.record(agent.id)).toEqual(suspended);
      for (const known of [await store().agents.read(agent.id), await store().agents.find(agent.id)])
        expect(known).toMatchObject({ ...registrationOf(agent), status: "suspended" });
      const lifted = { halt: "lifted", before: agent } as const;
      await expect(store().agents.change({ ...agent, chain: headOf(event) }, event, lifted)).rejects.toEqual(
        refused("contended"),
      );
      expect((await store().agents.read(agent.id))?.status).toBe("suspended");
      expect(isWholeChain(await store().events(agent.id))).toBe(true);
    });

    it("are halted with the operator, the time and the reason, and resumed without a trace of those", async () => {
      const agent = await registered();
      const event = linkEvent(agent.chain, agent.id, "agent.suspended", NOW * 1_000, { by: "check" });
      const halted = { at: NOW, by: "check", reason: "unconfirmed" } as const;
      const suspended: Agent = { ...agent, status: "suspended", halted, chain: headOf(event) };
      await store().agents.change(suspended, event, { halt: "placed" });
      expect(await store().agents.record(agent.id)).toEqual(suspended);
      expect(await store().haltOf(agent.id)).toEqual({ at: NOW, by: "check", ttl: NOW + 2 * 86_400 });
      expect(await store().halts.list()).toContainEqual({ agent: agent.id, at: NOW, by: "check" });
      const resumed = linkEvent(suspended.chain, agent.id, "agent.resumed", NOW * 1_000, { by: "staff|alice" });
      await store().agents.change({ ...agent, chain: headOf(resumed) }, resumed, { halt: "lifted", before: suspended });
      expect(await store().agents.record(agent.id)).toEqual({ ...agent, chain: headOf(resumed) });
      expect(await store().agents.read(agent.id)).toMatchObject({ status: "active" });
      expect(await store().haltOf(agent.id)).toBeUndefined();
      expect((await store().halts.list()).map((each) => each.agent)).not.toContain(agent.id);
    });

    it("free their bindings for others once their offboarding has begun, and agents that share their pin remain", async () => {
      const sub = randomUUID();
      const ofMain = { issuer: "robots", claims: { sub, ref: "main" } };
      const main = await registered({ bindings: [ofMain, { issuer: "mesh", claims: { sub } }] });
      const dev = await registered({ bindings: [{ issuer: "robots", claims: { sub, ref: "dev" } }] });
      const early = anAgent({ bindings: [ofMain] });
      await expect(store().agents.register(early.agent, early.event)).rejects.toEqual(refused("binding_overlaps"));
      await halted(main, "offboarding");
      expect(await store().agents.held(early.agent)).toEqual([]);
      const heir = await registered({ bindings: [ofMain] });
      expect((await store().freshlyBoundTo("robots", sub)).map(({ agent }) => agent).sort()).toEqual(
        [dev.id, heir.id].sort(),
      );
    });

    it("keep their bindings while they are suspended", async () => {
      const agent = await registered();
      await halted(agent, "suspended");
      const second = anAgent({ bindings: agent.bindings });
      expect(await store().agents.held(second.agent)).toEqual([{ binding: 0, by: agent.id }]);
      await expect(store().agents.register(second.agent, second.event)).rejects.toEqual(refused("binding_overlaps"));
    });

    it("keep the fields that decisions depend on, whatever is written into their record (I1)", async () => {
      const agent = await registered({ endsAt: NOW + 900 });
      const event = linkEvent(agent.chain, agent.id, "agent.unconfirmed_warning", NOW * 1_000, { by: "sweep" });
      const wide = { team: "root", bindings: [], limits: { liveTasks: 1_000, taskSeconds: 43_200 }, endsAt: NOW * 2 };
      await store().agents.change({ ...agent, ...wide, confirmedAt: NOW * 2, chain: headOf(event) }, event);
      expect(await store().agents.record(agent.id)).toEqual({ ...agent, chain: headOf(event) });
      expect(await store().agents.read(agent.id)).toMatchObject(registrationOf(agent));
    });

    it("are changed in the fields that decisions depend on only if those are as they were read", async () => {
      const agent = await registered();
      const event = linkEvent(agent.chain, agent.id, "agent.changed", NOW * 1_000, { by: "staff|alice" });
      const moved: Agent = { ...agent, team: "other", chain: headOf(event) };
      const stale = { before: { ...agent, team: "third" } };
      await expect(store().agents.change(moved, event, stale)).rejects.toEqual(refused("contended"));
      expect(await store().agents.record(agent.id)).toEqual(agent);
      await store().agents.change(moved, event, { before: agent });
      expect(await store().agents.record(agent.id)).toEqual(moved);
      expect(await store().agents.read(agent.id)).toMatchObject({ team: "other", status: "active" });
    });

    it("are changed while they are suspended without becoming active again (I5)", async () => {
      const agent = await registered();
      const suspended = await halted(agent, "suspended");
      const event = linkEvent(suspended.chain, agent.id, "agent.changed", NOW * 1_000, { by: "staff|alice" });
      const moved: Agent = { ...suspended, team: "other", chain: headOf(event) };
      await store().agents.change(moved, event, { before: suspended });
      expect(await store().agents.record(agent.id)).toEqual(moved);
      expect(await store().agents.read(agent.id)).toMatchObject({ team: "other", status: "suspended" });
    });

    it("are not made active again once their offboarding has begun (I5)", async () => {
      const agent = await registered();
      const leaving = await halted(agent, "offboarding");
      const event = linkEvent(leaving.chain, agent.id, "agent.resumed", NOW * 1_000, { by: "staff|alice" });
      const back: Agent = { ...agent, chain: headOf(event) };
      const lifted = { halt: "lifted", before: agent } as const;
      await expect(store().agents.change(back, event, lifted)).rejects.toEqual(refused("contended"));
      expect(await store().agents.read(agent.id)).toMatchObject({ status: "offboarding" });
    });

    it("keep all their changes in one chain, in order", async () => {
      let agent = await registered();
      for (let each = 0; each < 11; each += 1) {
        const event = linkEvent(agent.chain, agent.id, "agent.resumed", NOW * 1_000, { by: "staff|alice" });
        agent = { ...agent, chain: headOf(event) };
        await store().agents.change(agent, event);
      }
      const history = await store().agents.history(agent.id);
      expect(history).toHaveLength(12);
      expect(isWholeChain(history)).toBe(true);
      expect(await store().agents.history(agentId("nobody-at-all"))).toEqual([]);
    });

    it("are in the list of unfinished offboardings from their beginning to their end", async () => {
      const agent = await registered();
      const isListed = async () => (await store().agents.offboarding()).includes(agent.id);
      expect(await isListed()).toBe(false);
      const begun = linkEvent(agent.chain, agent.id, "agent.offboarding", NOW * 1_000, { by: "staff|alice" });
      const leaving: Agent = {
        ...agent,
        status: "offboarding",
        halted: { at: NOW, by: "staff|alice" },
        offboarding: { listedAt: NOW, lastFenceAt: NOW + 900 },
        chain: headOf(begun),
      };
      await store().agents.change(leaving, begun, { halt: "placed" });
      expect(await store().agents.record(agent.id)).toEqual(leaving);
      expect(await isListed()).toBe(true);
      const over = linkEvent(leaving.chain, agent.id, "agent.offboarded", NOW * 1_000, { by: "staff|alice" });
      await store().agents.change({ ...leaving, status: "offboarded", chain: headOf(over) }, over);
      expect(await isListed()).toBe(false);
    });

    it("store a report of any length under its hash, however often it is stored", async () => {
      const agent = await registered();
      const text = "a \u{1f511} of 10 KB, twenty-five times".repeat(10_000);
      for (let time = 0; time < 2; time += 1) await store().agents.keepReport(agent.id, "hash", text);
      expect(await store().agents.report(agent.id, "hash")).toBe(text);
      expect(await store().agents.report(agent.id, "another")).toBeUndefined();
    });

    it("are listed with the times of their confirmation and warning, so that nothing else has to be read", async () => {
      const agent = await registered();
      const event = linkEvent(agent.chain, agent.id, "agent.confirmed", NOW * 1_000, { by: "staff|alice" });
      const confirmed: Agent = { ...agent, confirmedAt: NOW + 5, warnedDays: 14, chain: headOf(event) };
      await store().agents.change(confirmed, event, { before: agent });
      const { agents } = await store().agents.list(agentId(agent.id.slice(0, -1)));
      expect(agents[0]).toMatchObject({ id: agent.id, confirmedAt: NOW + 5, warnedDays: 14 });
      const { warnedDays: _, ...rest } = confirmed;
      const again = linkEvent(confirmed.chain, agent.id, "agent.confirmed", NOW * 1_000, { by: "staff|alice" });
      const unwarned: Agent = { ...rest, chain: headOf(again) };
      await store().agents.change(unwarned, again, { before: confirmed });
      expect(await store().agents.record(agent.id)).toEqual(unwarned);
    });

    it("were last used on the latest day that was marked", async () => {
      const { id } = await registered();
      expect(await store().agents.lastUsed(id)).toBeUndefined();
      for (const day of ["2026-11-24", "2026-11-25", "2026-11-23"]) await store().agents.markUsed(id, day);
      expect(await store().agents.lastUsed(id)).toBe("2026-11-25");
      // A function that has just started learns it with the list of live tasks.
      expect(await store().agents.liveTasks(id)).toEqual([]);
      expect(["2026-11-25", "2026-11-26"].map((day) => store().agents.isUsedOn(id, day))).toEqual([true, false]);
    });

    it("are checked from where the last check stopped", async () => {
      await store().agents.keepCheckpoint({ beganAt: NOW, after: agentId("middle") });
      expect(await store().agents.checkpoint()).toEqual({ beganAt: NOW, after: agentId("middle") });
      await store().agents.keepCheckpoint({ beganAt: NOW });
      expect(await store().agents.checkpoint()).toEqual({ beganAt: NOW });
    });

    it("have live tasks until these are ended, or long past their deadline", async () => {
      const [task, other] = [
        await store().opened({ agent: agentId("shared-agent") }),
        await store().opened({ agent: agentId("shared-agent") }),
      ];
      await store().opened({ agent: agentId("shared-agent"), expiresAt: NOW - 300 });
      expect([...(await store().agents.liveTasks(agentId("shared-agent")))].sort()).toEqual(
        [task.path, other.path].sort(),
      );
    });
  });
}
