import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { type AgentId, agentId } from "../../../contract/agent-id.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import { EMPTY_CHAIN, type JournalEvent, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath } from "../../../functions/core/task-path.ts";
import { ACCEPTANCES_READ, type SealedAcceptance } from "../../../functions/core/threat/acceptance.ts";
import { NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Acceptances of threat models: each agent's latest, and their sign-ins. */
export function acceptancesContract(store: () => TestedStore): void {
  const anAgent = (): AgentId => agentId(`agent-${randomBytes(8).toString("hex")}`);
  const anAcceptance = (agent: AgentId, acceptedAt = NOW): SealedAcceptance => ({
    ...{ id: randomBytes(16).toString("hex"), agent, person: { issuer: "staff", value: `kim-${agent}` } },
    model: { reach: { everybody: "a".repeat(64) }, connectors: {}, deployment: {}, registration: "b".repeat(64) },
    ...{ acceptedAt, vote: "dm90ZQ", seal: "v1.key.seal" },
    act: {
      ...{ version: 1, hub: "https://valetkey.test", nonce: "A".repeat(22), created_at: acceptedAt },
      act: { method: "POST", path: `/v1/agents/${agent}/threat-model`, body: {} },
    },
  });
  const event = (): JournalEvent =>
    linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "threat_model.accepted", NOW * 1_000, { agent: agentId("demo") });
  let second = NOW;
  const signIn = ({ person }: SealedAcceptance): SignIn => {
    second += 1;
    return { person, signedInAt: second, nonce: randomBytes(32).toString("base64url"), token: "a.b.c" };
  };
  const give = (acceptance: SealedAcceptance, own = signIn(acceptance), journaled = event()) =>
    store().acceptances.give(acceptance, own, journaled);

  describe("an acceptance", () => {
    it("is listed as it was given, with its event, and for no other agent", async () => {
      const [acceptance, journaled] = [anAcceptance(anAgent()), event()];
      await give(acceptance, signIn(acceptance), journaled);
      expect(await store().acceptances.read(acceptance.agent)).toEqual([acceptance]);
      expect(await store().acceptances.read(agentId(`${acceptance.agent}-2`))).toEqual([]);
      expect(await store().acceptances.read(agentId(acceptance.agent.slice(0, -1)))).toEqual([]);
      expect(await store().events(journaled.of)).toEqual([journaled]);
    });

    it("uses up its sign-in, so that no second acceptance is made of it, for this agent or another", async () => {
      const first = anAcceptance(anAgent());
      const own = signIn(first);
      await give(first, own);
      const journaled = event();
      const again = { ...anAcceptance(anAgent()), person: first.person };
      await expect(give(again, own, journaled)).rejects.toEqual(refused("sign_in_used"));
      expect(await store().acceptances.read(again.agent)).toEqual([]);
      expect(await store().events(journaled.of)).toEqual([]);
    });

    it("is not overwritten", async () => {
      const first = anAcceptance(anAgent());
      await give(first);
      await expect(give({ ...first, model: { ...first.model, registration: "c".repeat(64) } })).rejects.toEqual(
        refused("contended"),
      );
      expect(await store().acceptances.read(first.agent)).toEqual([first]);
    });

    it("is listed among the latest, the latest first", async () => {
      const agent = anAgent();
      const all = Array.from({ length: ACCEPTANCES_READ + 2 }, (_, index) => anAcceptance(agent, NOW + index));
      for (const each of all) await give(each);
      expect(await store().acceptances.read(agent)).toEqual(all.toReversed().slice(0, ACCEPTANCES_READ));
    });

    it("is returned from the last read, and anew after another read", async () => {
      const [agent, { acceptances }] = [anAgent(), store()];
      expect(await acceptances.find(agent)).toEqual([]);
      const acceptance = anAcceptance(agent);
      await give(acceptance);
      expect(await acceptances.read(agent)).toEqual([acceptance]);
      expect(await acceptances.find(agent)).toEqual([acceptance]);
    });
  });
}
