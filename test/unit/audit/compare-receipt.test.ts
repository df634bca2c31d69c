import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readReceipts, receiptFaults } from "../../../client/audit/compare-receipt.ts";
import { verifyKills } from "../../../client/audit/verify-kills.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { policyWritten } from "../../../functions/core/revocation/policy-writes.ts";
import { receiptOf } from "../../../functions/core/revocation/receipt.ts";
import { aTask, NOW, ROLE } from "../../fakes/samples/task.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-receipt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const AT = NOW * 1_000;
const { task } = aTask({ status: "completed", endedAt: NOW });
const leases = task.leases.map(({ name, account, role, fenceAt }) => ({ name, account, role, fence_at: fenceAt }));
const ending = linkEvent(EMPTY_CHAIN, task.path, "task.ended", AT, { agent: task.agent, by: "demo", leases });
const write = {
  snapshotAtMs: AT + 700,
  writtenAtMs: AT + 812,
  form: "list",
  characters: 9,
  endings: [task.path],
} as const;
const ended: ArchivedEvent = { journal: "tasks", ...ending };
const policy: ArchivedEvent = { journal: "roles", ...policyWritten(EMPTY_CHAIN, ROLE, write) };
const receipt = receiptOf(task, { tasks: [task], events: [ending] }, [{ role: ROLE, write }], NOW + 100);
/** Faults of the receipt as JSON, with these changes, against these events. */
const faultsOf = (events: readonly ArchivedEvent[], changed: object = {}, lease: object = {}) => {
  const given = { ...receipt, leases: receipt.leases.map((each) => ({ ...each, ...lease })), ...changed };
  return receiptFaults(JSON.parse(JSON.stringify(given)), verifyKills(events), events).map(({ kind }) => kind);
};

describe("a receipt", () => {
  it("is borne out by the log's events, to the millisecond", () => {
    expect(receipt.leases).toMatchObject([{ status: "written", milliseconds: 812 }]);
    expect(faultsOf([ended, policy])).toEqual([]);
  });

  it.each([
    ["another moment of the ending", { ended_at: new Date(AT + 1).toISOString() }, {}],
    ["no moment of the ending, though the log has one", { ended_at: undefined }, {}],
    ["an earlier moment of the denial", {}, { policy_written_at: new Date(AT + 811).toISOString() }],
  ])("is tampered with where it states %s", (_, changed, lease) => {
    expect(faultsOf([ended, policy], changed, lease)).toEqual(["tampered"]);
  });

  it("is not borne out where the log lacks the policy, the ending, or any of that role", () => {
    expect(faultsOf([ended])).toEqual(["incomplete"]);
    expect(faultsOf([policy])).toEqual(["incomplete"]);
    expect(faultsOf([ended, policy], {}, { role: "valetkey-task-99" })).toEqual(["incomplete"]);
  });

  it("that did not yet have what the log knows is no fault", () => {
    expect(faultsOf([ended, policy], {}, { status: "pending", policy_written_at: undefined })).toEqual([]);
    expect(faultsOf([], { ended_at: undefined, leases: [] })).toEqual([]);
  });

  it.each([
    [{ receipts: [receipt], complete: true }, 1],
    [receipt, 1],
    [{ receipts: [] }, undefined],
    [{ receipts: [{ task: 1, leases: [] }] }, undefined],
    [[1], undefined],
  ])("is read from a file: %#", async (content, count) => {
    const file = join(folder, "receipt.json");
    writeFileSync(file, JSON.stringify(content));
    expect((await readReceipts(file))?.length).toBe(count);
  });
});
