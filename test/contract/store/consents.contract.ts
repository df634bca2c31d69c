import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import type { SealedConsent } from "../../../functions/core/consents/consent.ts";
import type { SignIn } from "../../../functions/core/identity/sign-in.ts";
import { EMPTY_CHAIN, type JournalEvent, linkEvent } from "../../../functions/core/journal/event.ts";
import { childPath, rootPath } from "../../../functions/core/task-path.ts";
import { aTask, aUse, NOW } from "../../fakes/samples/task.ts";
import { refused, type TestedStore } from "./tested-store.ts";

/** Contract of people's consents: which are live, and what may be opened under them. */
export function consentsContract(store: () => TestedStore): void {
  const aConsent = (changed: Partial<SealedConsent> = {}): SealedConsent => ({
    id: randomBytes(16).toString("hex"),
    person: { issuer: "staff", value: randomUUID() },
    agent: agentId("demo"),
    purpose: "read my reports",
    details: [{ type: "tool", server: agentId("tickets"), tools: ["search"] }],
    ...{ createdAt: NOW, expiresAt: NOW + 86_400, vote: "dm90ZQ", seal: "v1.key.seal" },
    act: {
      ...{ version: 1, hub: "https://valetkey.test", nonce: "A".repeat(22), created_at: NOW },
      act: { method: "POST", path: "/v1/consents", body: { agent: agentId("demo") } },
    },
    ...changed,
  });
  const event = (type: "consent.given" | "consent.withdrawn"): JournalEvent =>
    linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), type, NOW * 1_000, { agent: agentId("demo"), by: "staff|pat" });
  let second = NOW;
  const signIn = ({ person }: SealedConsent): SignIn => {
    second += 1;
    return { person, signedInAt: second, nonce: randomBytes(32).toString("base64url"), token: "a.b.c" };
  };
  async function given(changed: Partial<SealedConsent> = {}): Promise<SealedConsent> {
    const consent = aConsent(changed);
    await store().consents.give(consent, signIn(consent), event("consent.given"));
    return consent;
  }
  const under = ({ id, agent, person, details, expiresAt }: SealedConsent, path = rootPath(randomBytes(32))) => {
    const consent = { id, agent, details, until: expiresAt };
    return aTask({ path, onBehalf: { ...person, groups: [], isFirst: false, provenAt: NOW - 10, consent } });
  };
  const open = (consent: SealedConsent) => {
    const { task, event: opened } = under(consent);
    return store().tasks.open(task, opened, aUse(), undefined);
  };

  describe("a consent", () => {
    it("is read, found and listed as it was given, with its event", async () => {
      const consent = aConsent();
      const journaled = event("consent.given");
      await store().consents.give(consent, signIn(consent), journaled);
      expect(await store().consents.read(consent.id)).toEqual(consent);
      expect(await store().consents.find(consent.person, agentId("demo"))).toEqual({ id: consent.id });
      expect(await store().consents.list(consent.person)).toEqual([{ id: consent.id }]);
      expect(await store().events(journaled.of)).toEqual([journaled]);
    });

    it("is found for no other person, agent or issuer", async () => {
      const { person, id } = await given();
      const { find, list } = {
        find: (...asked: Parameters<TestedStore["consents"]["find"]>) => store().consents.find(...asked),
        list: (...asked: Parameters<TestedStore["consents"]["list"]>) => store().consents.list(...asked),
      };
      expect(await find(person, agentId("other"))).toBeUndefined();
      for (const other of [
        { ...person, issuer: "partners" },
        { ...person, value: `${person.value}|` },
      ]) {
        expect(await find(other, agentId("demo"))).toBeUndefined();
        expect(await list(other)).toEqual([]);
      }
      expect(await store().consents.read(`${id}0`)).toBeUndefined();
    });

    it("is the only one of the person for the agent until it ends", async () => {
      const first = await given();
      const { person } = first;
      await expect(given({ person })).rejects.toEqual(refused("consent_exists"));
      const other = await given({ person, agent: agentId("other") });
      expect(new Set((await store().consents.list(person)).map(({ id }) => id))).toEqual(new Set([first.id, other.id]));
      const later = { createdAt: first.expiresAt, expiresAt: first.expiresAt + 60 };
      const next = await given({ person, ...later });
      expect(await store().consents.find(person, agentId("demo"))).toEqual({ id: next.id });
    });

    it("uses up its sign-in, even after its withdrawal", async () => {
      const consent = aConsent();
      const own = signIn(consent);
      await store().consents.give(consent, own, event("consent.given"));
      await store().consents.withdraw(consent, event("consent.withdrawn"));
      const again = { ...consent, id: randomBytes(16).toString("hex") };
      await expect(store().consents.give(again, own, event("consent.given"))).rejects.toEqual(refused("sign_in_used"));
      expect(await store().consents.list(consent.person)).toEqual([]);
      expect(await store().consents.read(again.id)).toBeUndefined();
    });

    it("is not given by a sign-in from before the person's votes were voided", async () => {
      const consent = aConsent();
      const own = signIn(consent);
      const gone = linkEvent(EMPTY_CHAIN, rootPath(randomBytes(32)), "person.votes_void", NOW * 1_000, {});
      await store().tasks.voidVotes(consent.person, { deadUntil: own.signedInAt, by: "signal:risk" }, gone);
      await expect(store().consents.give(consent, own, event("consent.given"))).rejects.toEqual(
        refused("sign_in_used"),
      );
      expect(await store().consents.list(consent.person)).toEqual([]);
    });

    it("is withdrawn once, with its event, and stays readable", async () => {
      const consent = await given();
      const [journaled, again] = [event("consent.withdrawn"), event("consent.withdrawn")];
      expect(await store().consents.withdraw(consent, journaled)).toBe(true);
      expect(await store().consents.withdraw(consent, again)).toBe(false);
      expect([await store().events(journaled.of), await store().events(again.of)]).toEqual([[journaled], []]);
      expect(await store().consents.find(consent.person, agentId("demo"))).toBeUndefined();
      expect(await store().consents.read(consent.id)).toEqual(consent);
    });

    it("is not withdrawn together with an earlier one", async () => {
      const first = await given();
      await store().consents.withdraw(first, event("consent.withdrawn"));
      const next = await given({ person: first.person });
      expect(await store().consents.withdraw(first, event("consent.withdrawn"))).toBe(false);
      expect(await store().consents.find(first.person, agentId("demo"))).toEqual({ id: next.id });
    });
  });

  describe("a task under a consent", () => {
    it("is opened while the consent is live, with the consent in its record and among the person's tasks", async () => {
      const consent = await given();
      const { task, event: opened } = under(consent);
      await store().tasks.open(task, opened, aUse(), undefined);
      expect((await store().reread(task)).onBehalf).toEqual(task.onBehalf);
      const used = { id: consent.id, usedAt: task.openedAt };
      expect(await store().consents.find(consent.person, consent.agent)).toEqual(used);
      expect(await store().consents.list(consent.person)).toEqual([used]);
      expect(await store().tasks.openedFor(consent.person)).toEqual([
        { path: task.path, agent: task.agent, provenAt: NOW - 10, consent: consent.id },
      ]);
    });

    it("is prolonged while the consent is live, which counts as a use of it", async () => {
      const consent = await given();
      const { task, event: opened } = under(consent);
      await store().tasks.open(task, opened, aUse(), undefined);
      const prolong = async (at: number) => {
        const now = await store().reread(task);
        const journaled = linkEvent(now.chain, task.path, "task.prolonged", at * 1_000, {});
        return store().tasks.prolong(now, journaled, aUse());
      };
      await prolong(NOW + 60);
      expect(await store().consents.find(consent.person, agentId("demo"))).toEqual({
        id: consent.id,
        usedAt: NOW + 60,
      });
      await store().consents.withdraw(consent, event("consent.withdrawn"));
      await expect(prolong(NOW + 120)).rejects.toEqual(refused("consent_ended"));
      expect(await store().consents.find(consent.person, agentId("demo"))).toBeUndefined();
    });

    it.each<readonly [string, (consent: SealedConsent) => Promise<SealedConsent>]>([
      [
        "that was withdrawn",
        async (consent) => {
          await store().consents.withdraw(consent, event("consent.withdrawn"));
          return consent;
        },
      ],
      ["that is another than the one that lives", async (consent) => ({ ...consent, id: "0".repeat(32) })],
      ["of another agent", async (consent) => ({ ...consent, agent: agentId("other") })],
      ["of another person", async (consent) => ({ ...consent, person: { ...consent.person, issuer: "partners" } })],
    ])("is not opened under one %s", async (_, changed) => {
      const consent = await changed(await given());
      const { task, event: opened } = under(consent);
      await expect(store().tasks.open(task, opened, aUse(), undefined)).rejects.toEqual(refused("consent_ended"));
      expect(await store().tasks.read(task.path)).toBeUndefined();
      expect(await store().tasks.openedFor(consent.person)).toEqual([]);
    });

    it("below another task is opened under the consent of the root's agent, but not once that has ended", async () => {
      const consent = await given();
      const { task, event: opened } = under(consent);
      await store().tasks.open(task, opened, aUse(), undefined);
      const child = under(consent, childPath(task.path, randomBytes(32)));
      await store().tasks.open({ ...child.task, agent: agentId("helper") }, child.event, aUse(), undefined);
      await store().consents.withdraw(consent, event("consent.withdrawn"));
      const late = under(consent, childPath(task.path, randomBytes(32)));
      await expect(
        store().tasks.open({ ...late.task, agent: agentId("helper") }, late.event, aUse(), undefined),
      ).rejects.toEqual(refused("consent_ended"));
    });

    it("that is one of 200 at the moment of the withdrawal is refused, or listed for the withdrawal to end", async () => {
      const consent = await given();
      const early = Array.from({ length: 100 }, () => open(consent));
      const withdrawing = store().consents.withdraw(consent, event("consent.withdrawn"));
      const openings = [...early, ...Array.from({ length: 100 }, () => open(consent))];
      const outcomes = await Promise.allSettled(openings);
      expect(await withdrawing).toBe(true);
      const opened = outcomes.filter(({ status }) => status === "fulfilled");
      expect(opened.length).toBeGreaterThan(0);
      expect(await store().tasks.openedFor(consent.person)).toHaveLength(opened.length);
      await expect(open(consent)).rejects.toEqual(refused("consent_ended"));
    });
  });
}
