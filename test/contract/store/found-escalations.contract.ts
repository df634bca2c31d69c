import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { accountId } from "../../../functions/core/deployment/account-id.ts";
import type { FoundEscalation } from "../../../functions/core/escalation/found-escalation.ts";
import { EMPTY_CHAIN, type JournalEvent, linkEvent } from "../../../functions/core/journal/event.ts";
import { rootPath, type TaskPath } from "../../../functions/core/task-path.ts";
import { NOW } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the list of escalations. Each is added once, with its journal event, and found by agent and by tree. */
export function foundEscalationsContract(store: () => TestedStore): void {
  const list = () => store().foundEscalations;
  const aPath = (): TaskPath => rootPath(randomBytes(32));
  const anAgent = () => agentId(`agent-${randomBytes(6).toString("hex")}`);
  const eventAt = (atMs: number, of = aPath()): JournalEvent =>
    linkEvent(EMPTY_CHAIN, of, "escalation.detected", atMs, { rule: "E4" });
  const entryOf = (event: JournalEvent, about: Partial<FoundEscalation>): FoundEscalation => ({
    ...{ id: randomBytes(32).toString("base64url"), rule: "E4", at: NOW, account: accountId("111122223333") },
    ...{ action: "iam:CreateUser", done: "alarm", event: event.of, foundAtMs: event.at },
    ...about,
  });

  describe("an escalation that is found", () => {
    it("is in the journal and in the lists of its agent and its tree, as it was added", async () => {
      const [agent, task] = [anAgent(), aPath()];
      const event = eventAt(NOW * 1_000);
      const entry = entryOf(event, { agent, task: `${task}c1x9_` as TaskPath });
      await list().record(event, entry);
      expect(await store().events(event.of)).toEqual([event]);
      const page = { entries: [entry], next: undefined };
      expect(await list().list({ agent }, undefined, 5)).toEqual(page);
      expect(await list().list({ tree: task }, undefined, 5)).toEqual(page);
      expect((await list().list("all", undefined, 1_000)).entries).toContainEqual(entry);
      expect(await list().list({ agent: anAgent() }, undefined, 5)).toEqual({ entries: [], next: undefined });
    });

    it("is listed once, as first found, however often and by however many at once it is recorded", async () => {
      const [agent, of] = [anAgent(), aPath()];
      const first = eventAt(NOW * 1_000, of);
      const entry = entryOf(first, { agent });
      await list().record(first, entry);
      const again = [1, 2, 3].map((n) => {
        const event = eventAt(NOW * 1_000 + n, of);
        return list().record(event, entryOf(event, { agent, id: entry.id, action: "iam:Other" }));
      });
      await Promise.all(again);
      expect(await list().list({ agent }, undefined, 5)).toEqual({ entries: [entry], next: undefined });
      expect(await store().events(of)).toEqual([first]);
    });

    it("is listed the latest first, page by page, each once", async () => {
      const agent = anAgent();
      for (const n of [3, 1, 2, 5, 4]) {
        const event = eventAt(NOW * 1_000 + n);
        await list().record(event, entryOf(event, { agent }));
      }
      const seen: number[] = [];
      for (let after: string | undefined, pages = 0; pages < 4; pages += 1) {
        const page = await list().list({ agent }, after, 2);
        seen.push(...page.entries.map((entry) => ("event" in entry ? entry.foundAtMs - NOW * 1_000 : 0)));
        after = page.next;
        if (after === undefined) break;
      }
      expect(seen).toEqual([5, 4, 3, 2, 1]);
    });

    it("that exceeds the hour's bound is in the journal, and the hour's mark is listed once", async () => {
      const agent = anAgent();
      const events = [eventAt(NOW * 1_000), eventAt(NOW * 1_000 + 1)];
      const mark = { rule: "E4", agent, untilMs: NOW * 1_000 + 3_599_999 } as const;
      for (const event of [...events, ...events]) await list().record(event, mark);
      expect(await list().list({ agent }, undefined, 5)).toEqual({ entries: [mark], next: undefined });
      for (const event of events) expect(await store().events(event.of)).toEqual([event]);
    });

    it("never overwrites an existing mark, since a changed entry would count as tampering", async () => {
      const agent = anAgent();
      const mark = { rule: "E4", agent, account: accountId("111122223333"), untilMs: NOW * 1_000 + 3_599_999 } as const;
      await list().record(eventAt(NOW * 1_000), mark);
      await list().record(eventAt(NOW * 1_000 + 1), { ...mark, account: accountId("444455556666") });
      expect(await list().list({ agent }, undefined, 5)).toEqual({ entries: [mark], next: undefined });
    });
  });
}
