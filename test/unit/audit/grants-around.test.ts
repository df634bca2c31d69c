import { expect, it } from "vitest";
import { grantsAround, keysAliveAt } from "../../../client/audit/grants-around.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import type { Facts } from "../../../functions/core/journal/event.ts";

const FILE = "arn:aws:s3:::acme-data/a.csv";
const NOON = Date.parse("2026-12-02T12:00:00Z");

const event = (of: string, type: string, at: number, facts: Facts): ArchivedEvent =>
  ({ journal: "tasks", of, n: 1, type, at, facts, hash: `${of} ${type}` }) as ArchivedEvent;

it.each([".", "_"])("ends a grant with the task above it, whatever separates their ids: %j", (separator) => {
  const root = `k7f3m2q9x4ab${separator}`;
  const child = `${root}c1x9${separator}`;
  const opened = {
    agent: "helper",
    details: [{ type: "aws", actions: ["s3:GetObject"], resources: [FILE] }],
    expires_at: NOON / 1_000 + 3_600,
  };
  const events = [
    event(child, "task.opened", NOON, opened),
    event(root, "task.ended", NOON + 60_000, { agent: "demo" }),
  ];
  expect(grantsAround(events, FILE, NOON + 120_000)).toMatchObject([
    { task: child, until: "2026-12-02T12:01:00.000Z", isHeld: false },
  ]);
});

it("finds what issued the keys of the tasks that were alive at a moment, and no other event", () => {
  const keys = { agent: "demo", leases: [{ name: "aws-0" }], expires_at: NOON / 1_000 + 60 };
  const without = { agent: "demo", leases: [], connector_leases: [] };
  const events = [
    event("over.", "task.opened", NOON - 120_000, keys),
    event("over.", "task.ended", NOON - 60_000, keys),
    event("lives.", "task.opened", NOON - 60_000, keys),
    event("lives.", "lease.renewed", NOON - 30_000, { agent: "demo", lease: { name: "aws-0" } }),
    event("lives.", "task.ended", NOON + 1, keys),
    event("asked.", "approval.used", NOON, { ...without, connector_leases: [{}], expires_at: NOON / 1_000 + 60 }),
    event("keyless.", "task.opened", NOON - 1, { ...without, expires_at: NOON / 1_000 + 60 }),
    event("late.", "task.opened", NOON + 1, keys),
    event("due.", "task.opened", NOON - 60_000, { ...keys, expires_at: NOON / 1_000 }),
  ];
  expect([...keysAliveAt(events, NOON)]).toEqual(["lives. task.opened", "asked. approval.used"]);
});

it("counts keys as good until the log has a policy that denies them, and not only until the task's end", () => {
  const role = { account: "111122223333", role: "valetkey-task-0" };
  const opened = {
    ...{ agent: "demo", leases: [{ name: "aws-0" }], expires_at: NOON / 1_000 + 3_600 },
    details: [{ type: "aws", actions: ["s3:GetObject"], resources: [FILE] }],
  };
  const ended = (of: string, fence: number) =>
    event(of, "task.ended", NOON, { agent: "demo", leases: [{ ...role, fence_at: NOON / 1_000 + fence }] });
  const write = { snapshot_at_ms: NOON + 500, form: "list", endings: ["denied_"] };
  const events = [
    event("denied_", "task.opened", NOON - 60_000, opened),
    ended("denied_", 900),
    event("unwritten_", "task.opened", NOON - 60_000, opened),
    ended("unwritten_", 300),
    { ...event("111122223333/valetkey-task-0", "role.policy_written", NOON + 700, write), journal: "roles" as const },
  ];
  const ofTask = (at: number) => [...keysAliveAt(events, at)].map((name) => name.split(" ")[0]);
  expect(ofTask(NOON + 699)).toEqual(["denied_", "unwritten_"]);
  expect(ofTask(NOON + 700)).toEqual(["unwritten_"]);
  expect(ofTask(NOON + 299_999)).toEqual(["unwritten_"]);
  expect(ofTask(NOON + 300_000)).toEqual([]);
  expect(grantsAround(events, FILE, NOON + 600)).toMatchObject([
    { task: "denied_", until: "2026-12-02T12:00:00.700Z", isHeld: true },
    { task: "unwritten_", until: "2026-12-02T12:05:00.000Z", isHeld: true },
  ]);
});
