import { describe, expect, it } from "vitest";
import { rootPath } from "../../../../functions/core/task-path.ts";
import type { ConnectorLease } from "../../../../functions/core/tasks/connector-lease.ts";
import { dueSince } from "../../../../functions/core/tasks/pending-revocation.ts";

const NOW = 1_795_000_000;
const lease: ConnectorLease = {
  name: "postgres-0",
  type: "postgres",
  path: rootPath(new Uint8Array(32)),
  detail: 0,
  state: "issued",
  startedAt: NOW,
  expiresAt: NOW + 900,
  made: {},
};
const given = { lease, confirmed: true };
const notGiven = { lease: { ...lease, state: "issuing" as const }, confirmed: false };

describe("since when a credential has to go", () => {
  it.each([
    ["never while its task lives and its time lasts", given, { status: "active" }, NOW + 899, undefined],
    ["from its own deadline on, though its task lives on", given, { status: "active" }, NOW + 900, NOW + 900],
    ["since its task's end", given, { status: "completed", endedAt: NOW + 5 }, NOW + 10, NOW + 5],
    ["since its deadline where its task does not record when it ended", given, { status: "expired" }, NOW, NOW + 900],
    ["since its deadline where its task is gone", given, undefined, NOW, NOW + 900],
    ["not yet while an answer may be on its way", notGiven, { status: "active" }, NOW + 59, undefined],
    ["once nobody can have been given it", notGiven, { status: "active" }, NOW + 60, NOW + 60],
  ] as const)("%s", (_, pending, task, now, since) => {
    expect(dueSince(pending, task, now)).toBe(since);
  });
});
