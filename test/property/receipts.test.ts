import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { accountId } from "../../functions/core/deployment/account-id.ts";
import { EMPTY_CHAIN, linkEvent } from "../../functions/core/journal/event.ts";
import type { PolicyWrite } from "../../functions/core/revocation/policy-writes.ts";
import { receiptOf } from "../../functions/core/revocation/receipt.ts";
import { endingsSeen, type RoleEntry, SETTLED_SECONDS } from "../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../functions/core/task-path.ts";
import type { Task } from "../../functions/core/tasks/task.ts";

const NOW = 1_764_000_000;
const PATH = "k7f3m2q9x4ab." as TaskPath;
const ROLE = { account: accountId("111122223333"), role: "valetkey-task-0" };

describe("I5: a receipt claims no denial that is not in force", () => {
  it("counts no write whose snapshot began before the ending, or before the record had the ending", () => {
    const count = { written: 0, pending: 0 };
    fc.assert(
      fc.property(
        fc.record({
          endedAtMs: fc.integer({ min: NOW * 1_000 - 20_000, max: NOW * 1_000 }),
          // Milliseconds from the moment in the ending until its transaction committed.
          commitMs: fc.integer({ min: 0, max: 10_000 }),
          snapshots: fc.array(fc.integer({ min: -60_000, max: 60_000 }), { maxLength: 8 }),
          writeMs: fc.integer({ min: 0, max: 3_000 }),
        }),
        ({ endedAtMs, commitMs, snapshots, writeMs }) => {
          const alive: RoleEntry = {
            path: PATH,
            agent: agentId("demo"),
            openedAt: NOW - 100,
            startedAt: NOW - 100,
            fenceAt: NOW + 800,
          };
          const writes = snapshots.map((after) => {
            const snapshotAtMs = endedAtMs + after;
            const isCommitted = after >= commitMs;
            const entries = [isCommitted ? { ...alive, endedAt: Math.floor(endedAtMs / 1_000) } : alive];
            const endings = endingsSeen(entries, snapshotAtMs);
            const write: PolicyWrite = {
              snapshotAtMs,
              writtenAtMs: snapshotAtMs + writeMs,
              form: "list",
              endings,
            };
            return { role: ROLE, write };
          });
          const event = linkEvent(EMPTY_CHAIN, PATH, "task.ended", endedAtMs, { by: "demo" });
          const task = {
            path: PATH,
            agent: "demo",
            status: "revoked",
            leases: [{ name: "aws-0", ...ROLE, fenceAt: NOW + 800 }],
          } as unknown as Task;
          const [lease] = receiptOf(task, { tasks: [task], events: [event] }, writes, NOW).leases;
          const denying = snapshots.filter((after) => after >= commitMs);
          // The first write that denied it. Undefined where no write did.
          expect(lease?.milliseconds).toBe(denying.length === 0 ? undefined : Math.min(...denying) + writeMs);
          expect(commitMs).toBeLessThan(SETTLED_SECONDS * 1_000);
          count[denying.length === 0 ? "pending" : "written"] += 1;
        },
      ),
      { numRuns: 500 },
    );
    expect(Math.min(...Object.values(count))).toBeGreaterThan(20);
  });
});
