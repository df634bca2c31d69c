import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compareReceipt, readReceipts } from "../../../client/audit/compare-receipt.ts";
import { verifyKills } from "../../../client/audit/verify-kills.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import type { ObservationIn } from "../../../functions/core/revocation/observation.ts";
import { policyWritten } from "../../../functions/core/revocation/policy-writes.ts";
import { type ConnectorReceipt, type LeaseReceipt, receiptOf } from "../../../functions/core/revocation/receipt.ts";
import { childPath } from "../../../functions/core/task-path.ts";
import type { Task } from "../../../functions/core/tasks/task.ts";
import { aLease, aTask, NOW, ROLE } from "../../fakes/samples/task.ts";

const folder = mkdtempSync(join(tmpdir(), "valetkey-receipt-"));
afterAll(() => rmSync(folder, { recursive: true }));

const AT = NOW * 1_000;
const KEY = "ASIAEXAMPLE";
const path = aTask().task.path;
const made = { objects: {} };
const expiresAt = NOW + 600;
const connector = { name: "github-0", type: "github", detail: 1, expiresAt, path, made, event: 1 };
const { task } = aTask({
  path,
  ...{ agent: "demo", status: "completed", endedAt: NOW },
  leases: [aLease(0, { accessKeyId: KEY, earlierFenceAt: NOW + 901 })],
  connectorLeases: [{ ...connector, state: "revoked" }] as unknown as NonNullable<Task["connectorLeases"]>,
});
const opening = linkEvent(EMPTY_CHAIN, path, "task.opened", AT - 10, {
  agent: "demo",
  leases: [{ name: "aws-0", fence_at: NOW + 901 }],
  connector_leases: [{ name: "github-0", type: "github", expires_at: expiresAt }],
});
const leases = task.leases.map(({ name, account, role, fenceAt, accessKeyId }) => {
  return { name, account, role, fence_at: fenceAt, access_key_id: accessKeyId ?? "" };
});
const ending = linkEvent(headOf(opening), path, "task.ended", AT, {
  ...{ agent: "demo", status: "completed", by: "demo", leases },
  connector_leases: [{ name: "github-0", type: "github", made }],
});
const revocation = linkEvent(headOf(ending), path, "lease.revoked", AT + 300, {
  ...{ agent: "demo", name: "github-0", type: "github", made },
});
const write = {
  snapshotAtMs: AT + 700,
  writtenAtMs: AT + 812,
  form: "list",
  characters: 9,
  endings: [path],
} as const;
const child = aTask({ path: childPath(path, Buffer.alloc(32, 7)) });
const [opened, ended, revoked, below]: readonly ArchivedEvent[] = [opening, ending, revocation, child.event].map(
  (each) => ({
    journal: "tasks",
    ...each,
  }),
);
const policy: ArchivedEvent = { journal: "roles", ...policyWritten(EMPTY_CHAIN, ROLE, write) };
const LOG = [opened, ended, revoked, below, policy].flatMap((each) => each ?? []);
const without = (...left: readonly (ArchivedEvent | undefined)[]) => LOG.filter((each) => !left.includes(each));
const seen = { role: ROLE, observation: { status: "at_most", deniedAtMs: AT + 900 } } as unknown as ObservationIn;
const record = { tasks: [task, child.task], events: [opening, ending, revocation] };
const receipt = receiptOf(task, record, [{ role: ROLE, write }], NOW + 100, [seen]);

/** Compares the receipt as JSON, with these changes of it and of its leases, with these events. */
const compared = (
  events: readonly ArchivedEvent[],
  changed: object = {},
  lease: object = {},
  connected: object = {},
) => {
  const changes = [lease, connected];
  const given = {
    ...receipt,
    leases: receipt.leases.map((each, index) => ({ ...each, ...changes[index] })),
    ...changed,
  };
  return compareReceipt(JSON.parse(JSON.stringify(given)), verifyKills(events), events, NOW + 100);
};
const kindsOf = (...given: Parameters<typeof compared>) => [
  ...new Set(compared(...given).faults.map(({ kind }) => kind)),
];
const later = (text: string | undefined) =>
  new Date(Date.parse(text ?? "") + 1_000).toISOString().replace(".000Z", "Z");

const PENDING = { status: "pending", policy_written_at: undefined, milliseconds: undefined };
const ACTIVE = { status: "active", ended_at: undefined, by: undefined, complete: false };

describe("a receipt", () => {
  it("is borne out by the log's events, and names the fields that the log does not have", () => {
    expect(receipt.leases).toMatchObject([
      { status: "written", milliseconds: 812 },
      { status: "revoked", milliseconds: 300 },
    ]);
    expect(compared(LOG)).toEqual({ task: path, verdict: "intact", faults: [], notInLog: ["observed"] });
    expect(compared(LOG, { note: "all is well" }, { signed: true }).notInLog).toEqual(["note", "observed", "signed"]);
  });

  const [session, credential] = receipt.leases as [LeaseReceipt, ConnectorReceipt];
  it.each<[string, object, object?, object?]>([
    ["agent", { agent: "other" }],
    ["status", { status: "revoked" }],
    ["ended_at", { ended_at: later(receipt.ended_at) }],
    ["ended_at", { ended_at: undefined }],
    ["by", { by: "deadline" }],
    ["by", { by: undefined }],
    ["complete", { complete: false }],
    ["below", { below: [] }],
    ["lacks the lease aws-0", { leases: [credential] }],
    ["lacks the lease github-0", { leases: [session] }],
    ["has the lease aws-9", {}, { name: "aws-9" }],
    ["account", {}, { account: "444455556666" }],
    ["role", {}, { role: "valetkey-task-99" }],
    ["access_key_id", {}, { access_key_id: "ASIAOTHER" }],
    ["access_key_id", {}, { access_key_id: undefined }],
    ["fence_at", {}, { fence_at: later(session.fence_at) }],
    ["status", {}, { status: "gone" }],
    ["status", {}, { status: "expired", policy_written_at: undefined, milliseconds: undefined }],
    ["policy_written_at", {}, { policy_written_at: new Date(AT + 811).toISOString() }],
    ["policy_written_at", {}, { status: "pending", policy_written_at: new Date(AT + 811).toISOString() }],
    ["milliseconds", {}, { milliseconds: 811 }],
    ["dies_by", { complete: false }, { ...PENDING, dies_by: later(session.fence_at) }],
    ["type", {}, {}, { type: "gitlab" }],
    ["expires_at", {}, {}, { expires_at: later(credential.expires_at) }],
    ["status", {}, {}, { status: "gone" }],
    ["revoked_at", {}, {}, { revoked_at: new Date(AT + 299).toISOString() }],
    ["milliseconds", {}, {}, { milliseconds: 299 }],
  ])("differs from the log by its %s: %j %j %j", (name, ...changed) => {
    const { verdict, faults } = compared(LOG, ...changed);
    expect([verdict, faults.some(({ found }) => found.includes(name))]).toEqual(["tampered", true]);
  });

  it("is not borne out where the log lacks the policy, the ending, the revocation or the task", () => {
    expect(kindsOf(without(policy))).toEqual(["incomplete"]);
    expect(kindsOf(without(revoked))).toEqual(["incomplete"]);
    expect(kindsOf(LOG, { below: [...receipt.below, "zzz."] })).toEqual(["incomplete"]);
    expect(kindsOf(without(ended))).toEqual(["incomplete"]);
    expect(kindsOf([])).toEqual(["incomplete"]);
    expect(kindsOf([], { ...ACTIVE, leases: [] })).toEqual(["incomplete"]);
  });

  it("that did not yet have what the log knows is no fault", () => {
    expect(kindsOf(LOG, { complete: false }, PENDING)).toEqual([]);
    expect(
      kindsOf(
        [opened, below].flatMap((each) => each ?? []),
        { ...ACTIVE, leases: [] },
      ),
    ).toEqual([]);
    expect(kindsOf(LOG, { below: undefined })).toEqual([]);
  });

  it.each([
    [{ receipts: [receipt], complete: true }, 1],
    [receipt, 1],
    [{ receipts: [] }, undefined],
    [{ receipts: [{ task: 1, leases: [] }] }, undefined],
    [{ receipts: [{ task: "aaa.", leases: [null] }] }, undefined],
    [[1], undefined],
  ])("is read from a file: %#", async (content, count) => {
    const file = join(folder, "receipt.json");
    writeFileSync(file, JSON.stringify(content));
    expect((await readReceipts(file))?.length).toBe(count);
  });
});
