import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import {
  charactersOf,
  hasRoom,
  isNews,
  loadOf,
  noLoad,
  withOpened,
} from "../../../../functions/core/revocation/load.ts";
import { INLINE_POLICY_CHARACTERS, renderRevocations } from "../../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../../functions/core/revocation/role-entry.ts";
import { whole } from "../../../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";

const NOW = 1_764_000_000;
const NOBODY = { agents: [] };
const path = (n: number): TaskPath => `z${n.toString(36).padStart(11, "0")}.` as TaskPath;
const entries = (count: number, changes: Partial<RoleEntry> = {}): RoleEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    path: path(n),
    agent: agentId(`agent-${n % 7}`),
    openedAt: NOW - 20,
    startedAt: NOW - 20,
    fenceAt: NOW + 880,
    ...changes,
  }));

describe("how full a role is", () => {
  it("counts the living and those that have just ended, and by agent", () => {
    const load = loadOf(
      [...entries(14), ...entries(7, { path: path(99), startedAt: NOW - 130, endedAt: NOW - 100 })],
      NOW * 1_000,
      NOBODY,
    );
    expect(load).toMatchObject({ snapshotAtMs: NOW * 1_000, alive: 14, agentCount: 7 });
    expect(load.agents["agent-3"]).toBe(2 * charactersOf(path(0)));
  });

  it("is never less than what the cut takes, whichever of them end next", () => {
    const past = entries(900, { endedAt: NOW - 200, startedAt: NOW - 300 }).map((each, n) => ({
      ...each,
      path: path(5_000 + n),
    }));
    for (const count of [0, 1, 100, 400]) {
      for (const ended of [0, count / 2, count]) {
        const living = entries(count, { openedAt: NOW - 12, startedAt: NOW - 12 });
        const then = living.map((each, n) => (n < ended ? { ...each, endedAt: NOW } : each));
        const { text = "", form } = renderRevocations(whole([...past, ...then]), NOW);
        expect(form).toBe("cut");
        expect(text.length).toBeLessThanOrEqual(loadOf([...past, ...living], NOW * 1_000, NOBODY).characters);
      }
    }
  });

  it("has the halted agents' names in it, twice, and not their tasks", () => {
    const halted = { agents: [{ agent: agentId("agent-3"), at: NOW, by: "alice" }] };
    const { agents, characters } = loadOf(entries(14), NOW * 1_000, halted);
    expect(agents).not.toHaveProperty("agent-3");
    expect(characters).toBe(noLoad(0).characters + 12 * charactersOf(path(0)) + 2 * ("agent-3".length + 3));
  });

  it("names the agents that take most, and how many there are", () => {
    const many = [
      ...entries(300).map((each, n) => ({ ...each, agent: agentId(`a${n}`) })),
      ...entries(5, { agent: agentId("zz") }).map((each, n) => ({ ...each, path: path(900 + n) })),
    ];
    const { agents, agentCount } = loadOf(many, NOW * 1_000, NOBODY);
    expect([Object.keys(agents).length, agentCount, agents.zz]).toEqual([50, 301, 5 * charactersOf(path(0))]);
  });
});

describe("the decision to admit a task", () => {
  const share = (total: number) => (INLINE_POLICY_CHARACTERS * 0.95 * total) | 0;
  const load = (filled: number, agents: Record<string, number>) => ({
    ...noLoad(0),
    characters: share(filled),
    agents: Object.fromEntries(Object.entries(agents).map(([agent, part]) => [agent, share(part)])),
    agentCount: Object.keys(agents).length,
  });

  it.each([
    ["alone, where there is room", load(0.5, { a: 0.5 }), "a", true],
    ["alone, with four fifths: the rest is for those who come", load(0.81, { a: 0.81 }), "a", false],
    ["newly, beside one who has four fifths", load(0.81, { a: 0.81 }), "b", true],
    ["with less than a share, beside one who has more", load(0.9, { a: 0.7, b: 0.2 }), "b", true],
    ["with more than a share", load(0.9, { a: 0.7, b: 0.2 }), "a", false],
    ["with a share of many", load(0.85, { a: 0.05, b: 0.2, c: 0.2, d: 0.2, e: 0.2 }), "a", true],
    ["newly, where nothing is left", load(1, { a: 0.5, b: 0.5 }), "c", false],
  ])("%s", (_, given, agent, expected) => {
    expect(hasRoom(given, agent, 19)).toBe(expected);
  });

  it("counts what was opened since", () => {
    const ofA = { agent: "a", characters: 19 };
    expect(withOpened(noLoad(7), [{ agent: "b", characters: 24 }, ofA, ofA, ofA])).toEqual({
      snapshotAtMs: 7,
      characters: noLoad(0).characters + 81,
      alive: 4,
      agents: { a: 57, b: 24 },
      agentCount: 2,
    });
  });

  it("counts tasks together as it counts them one by one, and leaves the load as it was", () => {
    const known = load(0.3, { a: 0.2 });
    const opened = Array.from({ length: 60 }, (_, index) => ({
      agent: ["a", "b", "__proto__", "toString"][(index * 7) % 4] ?? "",
      characters: 19 + (index % 5),
    }));
    const oneByOne = opened.reduce((sum, task) => withOpened(sum, [task]), known);
    expect(withOpened(known, opened)).toEqual(oneByOne);
    expect(oneByOne.alive).toBe(known.alive + 60);
    expect(known).toEqual(load(0.3, { a: 0.2 }));
  });

  it("an agent by the name of a property of every object has nothing yet", () => {
    expect(hasRoom(load(0.9, { a: 0.9 }), "constructor", 19)).toBe(true);
    expect(withOpened(noLoad(0), [{ agent: "constructor", characters: 19 }]).agents.constructor).toBe(19);
  });
});

it("is news where it is the first, where much changed, or after half a minute", () => {
  const last = { ...noLoad(1_000), characters: 1_000 };
  expect(isNews(undefined, last)).toBe(true);
  expect(isNews(last, { ...last, snapshotAtMs: 30_999, characters: 1_199 })).toBe(false);
  expect(isNews(last, { ...last, snapshotAtMs: 30_999, characters: 1_200 })).toBe(true);
  expect(isNews(last, { ...last, snapshotAtMs: 31_000 })).toBe(true);
});
