import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { endingsSeen, MOST_SEEN, type RoleEntry } from "../../../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";

const NOW = 1_764_000_000;
const entry = (path: string, changed: Partial<RoleEntry> = {}): RoleEntry => ({
  path: path as TaskPath,
  agent: agentId("demo"),
  openedAt: NOW - 60,
  startedAt: NOW - 60,
  fenceAt: NOW + 840,
  ...changed,
});

describe("the endings that a write records", () => {
  it.each([
    ["alive", {}, false],
    ["ended now", { endedAt: NOW }, true],
    ["ended half a minute ago, in whole seconds", { endedAt: NOW - 31 }, true],
    ["ended before that", { endedAt: NOW - 32 }, false],
    ["ended by a clock that is ahead", { endedAt: NOW + 5 }, true],
    ["ended, and past its fence by every clock: no policy names it", { endedAt: NOW, fenceAt: NOW - 301 }, false],
  ])("a task that is %s", (_, changed, isSeen) => {
    expect(endingsSeen([entry("a.", changed)], NOW * 1_000)).toEqual(isSeen ? ["a."] : []);
  });

  it("are the latest of them, where there are too many", () => {
    const many = Array.from({ length: MOST_SEEN }, (_, index) => entry(`${index}.`, { endedAt: NOW - 10 }));
    const seen = endingsSeen(
      [entry("early.", { endedAt: NOW - 20 }), ...many, entry("late.", { endedAt: NOW })],
      NOW * 1_000,
    );
    expect(seen).toHaveLength(MOST_SEEN);
    expect(seen[0]).toBe("late.");
    expect(seen).not.toContain("early.");
  });
});
