import { expect, it } from "vitest";
import { grantsAround } from "../../../client/audit/grants-around.ts";
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
