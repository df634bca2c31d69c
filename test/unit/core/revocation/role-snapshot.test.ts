import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { EndedEntry } from "../../../../functions/core/revocation/role-entry.ts";
import { isEnough } from "../../../../functions/core/revocation/roles.ts";
import { type TaskPath, taskPath } from "../../../../functions/core/task-path.ts";

const NOW = 1_764_000_000;
const PATH = taskPath("k7f3m2q9x4ab.") as TaskPath;

/** Entries that ended one after the other, the last of them so many seconds ago. */
const ended = (count: number, lastSecondsAgo: number): readonly EndedEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    path: PATH,
    agent: agentId("demo"),
    openedAt: NOW - 900,
    startedAt: NOW - 900,
    fenceAt: NOW + 900,
    endedAt: index === count - 1 ? NOW - lastSecondsAgo : NOW,
  }));

describe("how much is read of what ended in a role", () => {
  it.each([
    ["fewer than a list may be told by", ended(199, 900), false],
    ["as many, and some that ended lately may be missing", ended(200, 27), false],
    ["as many, down to what ended long enough ago", ended(200, 28), true],
    ["more, all of them lately", ended(5_000, 1), false],
    ["nothing", [], false],
  ])("%s", (_, entries, isDone) => {
    expect(isEnough(entries, NOW)).toBe(isDone);
  });
});
