import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentId } from "../../contract/agent-id.ts";
import { approvalId } from "../../contract/approval-id.ts";
import { canonicalJson } from "../../contract/canonical-json.ts";
import { sealedUseOf } from "../../functions/core/approvals/stored-approval.ts";
import { sealedConsentOf } from "../../functions/core/consents/consent.ts";
import {
  sealedDelegationOf,
  sealedFieldsOf,
  sealedLeaseOf,
  sealedPresentationOf,
  sealedTokenOf,
} from "../../functions/core/tasks/sealed-fields.ts";
import type { Task } from "../../functions/core/tasks/task.ts";
import { sealedAcceptanceOf } from "../../functions/core/threat/acceptance.ts";
import { JOURNAL_KINDS, type Kind } from "../../functions/names.ts";
import { ITEM_KINDS, type Reason } from "../../infra/item-kinds.ts";
import { SEALED_FIELDS, TRIED } from "../../tools/older-values.ts";
import { olderValuesPage, withAccess } from "../../tools/older-values-page.ts";
import { aUseOf } from "../fakes/samples/approval.ts";
import { aLease, aTask, NOW } from "../fakes/samples/task.ts";
import { ROOT, read } from "./pages.ts";

const KINDS_BY = (why: Reason) => (Object.keys(ITEM_KINDS) as Kind[]).filter((kind) => ITEM_KINDS[kind].why === why);

describe("docs/reference/older-values.md", () => {
  it("is what npm run older-values writes", () => {
    expect(read("docs/reference/older-values.md")).toBe(olderValuesPage());
  });

  it.each(Object.values(TRIED))("names a test that tries the roles' keys: %s", (file) => {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
    expect(readFileSync(join(ROOT, file), "utf8")).toMatch(/new Thief\(|ableTo\(/);
  });
});

describe("the reasons by which an older item gains nothing", () => {
  // `PACE#` has a prefix for each function (test/infra/sole-writers.test.ts).
  it.each(KINDS_BY("alone").filter((kind) => kind !== "pace"))("%s is written and removed by one function", (kind) => {
    expect(withAccess(kind, "put", "update", "remove")).toHaveLength(1);
  });

  it.each(KINDS_BY("lives"))("%s is put by one function, which no remover is", (kind) => {
    const givers = withAccess(kind, "put", "update");
    expect(givers).toHaveLength(1);
    const others = withAccess(kind, "remove").filter((name) => name !== givers[0]);
    expect(others.length).toBeGreaterThan(0);
  });

  it("journals are those that nobody changes or removes", () => {
    expect(KINDS_BY("journal")).toEqual([...JOURNAL_KINDS]);
    for (const kind of JOURNAL_KINDS) expect(withAccess(kind, "update", "remove"), kind).toEqual([]);
  });

  it("a kind of which several functions write items has its answer in the fields, or in SECURITY.md", () => {
    const shared = (Object.keys(ITEM_KINDS) as Kind[]).filter((kind) => withAccess(kind, "put", "update").length > 1);
    const answered = [...KINDS_BY("told"), ...KINDS_BY("hint"), ...KINDS_BY("fields"), ...KINDS_BY("journal"), "pace"];
    expect(shared.filter((kind) => !answered.includes(kind))).toEqual([]);
  });
});

const person = { issuer: "staff", value: "pat" };
const act = { version: 1 } as never;
const details = [{ type: "tool", server: "tickets", tools: ["search"] }] as const;
const { task } = aTask({
  ...{ endedAt: 1, endedBy: "x", outcome: { result: "success" }, confirmed: true, hasDelegated: true, movesUntil: NOW },
  delegated: { chain: [agentId("demo")] },
  onBehalf: { ...person, groups: [], isFirst: false, provenAt: NOW },
  approval: { id: approvalId("a".repeat(16)), hash: "b" },
});
const given = { hash: "h", seal: "s", expiresAt: NOW, listed: true } as const;
const lease = {
  ...{ name: "secret-0", type: "secret", path: task.path, detail: 0, state: "issued", startedAt: NOW, expiresAt: NOW },
  ...{ made: { session_arns: ["arn"] }, sealed: "text", seal: "s", revokedAt: NOW },
} as const;
const session = {
  ...aLease(0),
  earlierFenceAt: 1,
  accessKeyId: "ASIA",
  earlierKeyIds: ["ASIB"],
  issuedAt: NOW,
  delivery: "sign" as const,
};
const CONSENT = { createdAt: 1, expiresAt: 2, signedInAt: 1, agent: "demo", purpose: "p", details, act, vote: "v" };

/** A record of each kind with every field, and the text that its seal covers. */
const RECORDS: { readonly [K in keyof typeof SEALED_FIELDS]: readonly [object, (record: never) => object] } = {
  task: [{ ...task, connectorLeases: [], delivery: "sign" }, sealedFieldsOf],
  session: [session, (leased: typeof session) => sealedFieldsOf({ ...task, leases: [leased] })],
  "task-token": [{ hash: "h", seal: "s" }, (token: { hash: string }) => sealedTokenOf(task.path, token)],
  presentation: [{ ...given, server: "tickets" }, (each: never) => sealedPresentationOf(task.path, each)],
  delegation: [
    { ...given, agent: "demo", details, child: task.path, usedAt: NOW },
    (each: never) => sealedDelegationOf(task.path, each),
  ],
  "connector-lease": [lease, sealedLeaseOf],
  "approval-use": [{ ...aUseOf(task), glass: true }, (use: never) => sealedUseOf(approvalId("k7f3m2q9x4ab5678"), use)],
  consent: [{ ...CONSENT, id: "c", person, seal: "s" }, sealedConsentOf],
  acceptance: [
    { id: "a", agent: "demo", person, model: {}, acceptedAt: 1, act, vote: "v", seal: "s" },
    sealedAcceptanceOf,
  ],
};

/** Another value of the same form. */
const OTHER: Readonly<Record<string, unknown>> = {
  tokens: [{ hash: "another" }],
  leases: [{ ...session, role: "another" }],
  made: { session_arns: ["another"] },
};

describe("the fields that seals cover", () => {
  const ROWS = Object.entries(SEALED_FIELDS).flatMap(([record, rows]) =>
    Object.entries(rows).map(([field, { sealed }]) => [record as keyof typeof RECORDS, field, sealed] as const),
  );

  it.each(ROWS)("%s: %s is sealed: %s", (kind, field, sealed) => {
    const [record, sealedOf] = RECORDS[kind] as readonly [object, (record: unknown) => object];
    expect(record).toHaveProperty(field);
    const changed = { ...record, [field]: OTHER[field] ?? ["another"] };
    expect(canonicalJson(sealedOf(changed)) !== canonicalJson(sealedOf(record))).toBe(sealed);
  });

  it("have a row for each field of a record that the exchange makes", () => {
    for (const [kind, rows] of Object.entries(SEALED_FIELDS))
      expect(Object.keys(RECORDS[kind as keyof typeof RECORDS][0]).toSorted(), kind).toEqual(
        Object.keys(rows).toSorted(),
      );
  });

  it("a field without a row does not compile", () => {
    // @ts-expect-error A field of a task is missing.
    const rows: Record<keyof Task, unknown> = { path: true };
    expect(Object.keys(rows)).toEqual(["path"]);
  });
});
