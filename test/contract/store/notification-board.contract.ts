import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { agentId } from "../../../contract/agent-id.ts";
import { approvalId } from "../../../contract/approval-id.ts";
import { aRequest } from "../../fakes/samples/approval.ts";
import { aTask, aUse, eventOn, NOW } from "../../fakes/samples/task.ts";
import type { TestedStore } from "./tested-store.ts";

/** Contract of the records that `notify` reads about requests and writes about its messages. */
export function notificationBoardContract(store: () => TestedStore): void {
  const board = () => store().notificationBoard;
  const anAgent = () => agentId(`agent-${randomBytes(4).toString("hex")}`);

  describe("messages about requests", () => {
    it("are made of the inbox and the record, which is read by its id", async () => {
      const { task, event } = aTask({ leases: [], agent: anAgent() });
      const requested = aRequest(task);
      const { id, expires_at: expiresAt } = requested.record;
      await store().approvals.open(task, event, aUse(), undefined, undefined, requested);
      const waiting = { id, hash: requested.hash, agent: task.agent, expiresAt, task: task.path };
      expect(await board().listWaiting({ issuer: "staff", group: "sre" }, NOW)).toContainEqual(waiting);
      expect(await board().listWaiting({ issuer: "staff", group: "others" }, NOW)).toEqual([]);
      const later = await board().listWaiting({ issuer: "staff", group: "sre" }, expiresAt);
      expect(later.filter((each) => each.id === id)).toEqual([]);
      expect(await board().record(id)).toEqual(requested.record);
      expect(await board().record(approvalId("0".repeat(20)))).toBeUndefined();
    });

    it("find a task that lives, until it ends; a place names its task", async () => {
      const { task, event } = aTask({ leases: [], agent: anAgent() });
      const requested = aRequest(task);
      await store().approvals.open(task, event, aUse(), undefined, undefined, requested);
      const places = await board().listWaiting({ issuer: "staff", group: "sre" }, NOW);
      expect(places.find(({ id }) => id === requested.record.id)?.task).toBe(task.path);
      expect(await board().isLive(task)).toBe(true);
      expect(await board().isLive({ ...task, agent: anAgent() })).toBe(false);
      const read = await store().reread(task);
      await store().tasks.end(read, { status: "revoked", endedAt: NOW }, eventOn(read, "task.ended"));
      expect(await board().isLive(task)).toBe(false);
    });

    it("are claimed by one run, for a channel and an agent", async () => {
      const agent = anAgent();
      expect(await board().announced("ops", agent)).toBeUndefined();
      const claims = await Promise.all([1, 2, 3].map(() => board().claim("ops", agent, undefined, NOW)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      const claimed = await board().announced("ops", agent);
      expect(claimed).toEqual({ claimedAt: NOW, requests: {} });
      expect(await board().claim("ops", agent, undefined, NOW + 60)).toBe(false);
      expect(await board().claim("sec", agent, undefined, NOW)).toBe(true);
      expect(await board().claim("ops", agent, claimed, NOW + 60)).toBe(true);
      expect(await board().claim("ops", agent, claimed, NOW + 60)).toBe(false);
    });

    it("are recorded with the requests that they named, and keep them at the next claim", async () => {
      const agent = anAgent();
      const announced = { claimedAt: NOW, requests: { a: { times: 1, expiresAt: NOW + 900 } } };
      await board().put("ops", agent, announced);
      expect(await board().announced("ops", agent)).toEqual(announced);
      await board().claim("ops", agent, announced, NOW + 60);
      expect(await board().announced("ops", agent)).toEqual({ ...announced, claimedAt: NOW + 60 });
      const failed = { ...announced, failedAt: NOW + 60 };
      await board().put("ops", agent, failed);
      expect(await board().announced("ops", agent)).toEqual(failed);
    });
  });
}
