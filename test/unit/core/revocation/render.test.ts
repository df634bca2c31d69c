import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import type { HaltedAgent } from "../../../../functions/core/revocation/halt.ts";
import type { Panic } from "../../../../functions/core/revocation/panic.ts";
import { INLINE_POLICY_CHARACTERS, renderRevocations } from "../../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../../functions/core/revocation/role-entry.ts";
import { whole } from "../../../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import { PROBE_IDENTITY } from "../../../../functions/names.ts";
import { mayStillAct } from "./tried-on.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z") / 1_000;
const PATH = "k7f3m2q9x4ab." as TaskPath;

const path = (n: number): TaskPath => `z${n.toString(36).padStart(11, "0")}.` as TaskPath;

const entry = (changes: Partial<RoleEntry> = {}): RoleEntry => ({
  path: PATH,
  agent: agentId("demo"),
  openedAt: NOW - 60,
  startedAt: NOW - 60,
  fenceAt: NOW + 840,
  ...changes,
});
/** Entry whose last STS call and end are so many seconds from now. */
const ended = (startedIn: number, endedIn: number): Partial<RoleEntry> => ({
  openedAt: NOW - 60,
  startedAt: NOW + startedIn,
  endedAt: NOW + endedIn,
});
const ENDED = entry({ endedAt: NOW - 1 });
/** Entries that have only just been opened, and have ended: no cut denies their sessions. */
const others = (count: number) =>
  Array.from({ length: count }, (_, n) => entry({ path: path(n), openedAt: NOW, startedAt: NOW, endedAt: NOW }));

describe("the revocation policy of a role", () => {
  it("is not there where nothing has ended", () => {
    const nothing = { text: undefined, revoked: 0, form: "none" };
    expect(renderRevocations(whole([]), NOW)).toEqual(nothing);
    expect(renderRevocations(whole([entry()]), NOW)).toEqual(nothing);
  });

  it("denies an ended task everything, and its descendants with it", () => {
    const { text, revoked } = renderRevocations(whole([ENDED]), NOW);
    expect(revoked).toBe(1);
    expect(JSON.parse(text ?? "")).toEqual({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Deny", Action: "*", Resource: "*", Condition: { StringLike: { "aws:userid": [`*:${PATH}*`] } } },
      ],
    });
  });

  it.each([
    ["the ended task", PATH, false],
    ["its child", `${PATH}c1x9.`, false],
    ["its child's child", `${PATH}c1x9.d2d2.`, false],
    ["a task that lives", "aaaaaaaaaaaa.", true],
    ["a task whose id differs in the last character", "k7f3m2q9x4ac.", true],
    ["a session whose name only begins like it", "k7f3m2q9x4abc1x9", true],
    ["a task that has it as a child's name", "aaaaaaaaaaaa.k7f3m2q9x4ab.", true],
  ])("I5: lets %s act: %#", async (_name, path, expected) => {
    const { text } = renderRevocations(whole([ENDED]), NOW);
    expect(await mayStillAct(text, { path, startedAt: NOW - 60 })).toBe(expected);
  });

  it.each([
    ["before its fence", NOW + 1, 1],
    ["at its fence", NOW, 1],
    ["past its fence by as much as clocks may differ", NOW - 300, 1],
    ["past its fence for longer than that: nothing is left to revoke", NOW - 301, 0],
  ])("I5: names an ended task %s", (_name, fenceAt, revoked) => {
    expect(renderRevocations(whole([{ ...ENDED, fenceAt }]), NOW).revoked).toBe(revoked);
  });

  it("is the same text in whatever order the record is read, so that it is written only when it changes", () => {
    const entries = others(5);
    expect(renderRevocations(whole(entries.toReversed()), NOW)).toEqual(renderRevocations(whole(entries), NOW));
  });

  it("lists the living where older endings are left out, however few endings it has", async () => {
    const living = { ...entry(), openedAt: NOW - 600, startedAt: NOW - 600 };
    for (const entries of [[], [living], [living, { ...ENDED, endedAt: NOW - 100 }]]) {
      const { text, form } = renderRevocations({ entries, isWhole: false }, NOW);
      expect(form).toBe("cut");
      const [somebodys, own] = [{ path: "leftout00000." as TaskPath }, { path: living.path }];
      expect(await mayStillAct(text, { ...somebodys, startedAt: NOW - 60 })).toBe(false);
      expect(await mayStillAct(text, { ...somebodys, startedAt: NOW })).toBe(true);
      expect(await mayStillAct(text, { ...own, startedAt: NOW - 60 })).toBe(entries.length === 1);
    }
  });

  it("holds 500 endings of roots by name", () => {
    const { text, form } = renderRevocations(whole(others(500)), NOW);
    expect(form).toBe("list");
    expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
  });

  it.each([-30, 0, 1, 30])(
    "I5: denies whatever the role does where the ended fit on neither side of a cut, and reports it: begun after %i s",
    async (after) => {
      const { text, revoked, form } = renderRevocations(whole(others(600)), NOW);
      expect({ revoked, form }).toEqual({ revoked: 600, form: "everything" });
      expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
      // The policy holds no moment, so no clock matters.
      expect(await mayStillAct(text, { path: PATH, startedAt: NOW + after })).toBe(false);
    },
  );

  describe("where the ended are too many to name", () => {
    const past = Array.from({ length: 2_000 }, (_, n) => path(n)).map((each) =>
      entry({ path: each, endedAt: NOW - 60 }),
    );
    const alive = [
      entry({ path: PATH, openedAt: NOW - 900 }),
      entry({ path: "bbbbbbbbbbbb." as TaskPath, openedAt: NOW - 2 }),
    ];
    const justEnded = entry({ path: "cccccccccccc." as TaskPath, startedAt: NOW - 4, endedAt: NOW - 3 });
    const child = entry({ path: `${PATH}c1x9.` as TaskPath, endedAt: NOW - 60 });
    const { text, revoked, form } = renderRevocations(whole([...past, ...alive, justEnded, child]), NOW);

    it("fits, and does not grow with them", () => {
      expect({ revoked, form }).toEqual({ revoked: 2_002, form: "cut" });
      expect(text?.length).toBeLessThan(1_200);
    });

    it.each<[string, string, number, boolean]>([
      ["a task that ended before the cut", path(7), NOW - 70, false],
      ["a task that ended since, with a session from before the cut", "cccccccccccc.", NOW - 600, false],
      ["a task that ended since, with a session from after it", "cccccccccccc.", NOW - 4, false],
      ["an ended child of a task that lives", `${PATH}c1x9.`, NOW - 70, false],
      ["a task that lives, with a session from long before the cut", PATH, NOW - 900, true],
      ["a task that lives, with a session from after it", "bbbbbbbbbbbb.", NOW - 1, true],
      ["a task that the record does not know yet", "dddddddddddd.", NOW - 15, true],
      ["a session that nobody recorded", "eeeeeeeeeeee.", NOW - 60, false],
    ])("I5: %s", async (_name, session, startedAt, expected) => {
      expect(await mayStillAct(text, { path: session, startedAt })).toBe(expected);
    });

    it.each<[string, Partial<RoleEntry>, number, boolean]>([
      [
        "a living task with a session that was begun, by another clock, before it",
        { openedAt: NOW - 11 },
        NOW - 16,
        true,
      ],
      [
        "one that is too young for the cut, and is not named",
        { openedAt: NOW - 9, startedAt: NOW - 9 },
        NOW - 14,
        true,
      ],
      ["an ended one of which a clock that is behind had the last word", ended(-20, -19), NOW - 15, false],
      ["an ended one that is so old that the cut does it", ended(-21, -1), NOW - 16, false],
    ])("I5: with clocks that differ: %s", async (_name, changes, startedAt, expected) => {
      const odd = entry({ path: "ffffffffffff." as TaskPath, ...changes });
      const rendered = renderRevocations(whole([...past, odd]), NOW);
      expect(rendered.form).toBe("cut");
      expect(await mayStillAct(rendered.text, { path: odd.path, startedAt })).toBe(expected);
    });

    it("a child of an ended task is not excepted, though it has not followed yet; and is named while it is young", async () => {
      const parent = entry({ path: "gggggggggggg." as TaskPath, endedAt: NOW - 100 });
      const [old, young] = [-300, -10].map((at) =>
        entry({
          path: `${parent.path}c${at === -10 ? "aaa" : "bbb"}.` as TaskPath,
          openedAt: NOW + at,
          startedAt: NOW + at,
        }),
      ) as [RoleEntry, RoleEntry];
      const rendered = renderRevocations(whole([...past, parent, old, young]), NOW);
      for (const [{ path }, startedAt] of [
        [old, NOW - 300],
        [young, NOW - 10],
      ] as const)
        expect(await mayStillAct(rendered.text, { path, startedAt })).toBe(false);
    });
  });

  describe("where agents are halted", () => {
    const halt = (agent: string, at = NOW - 10): HaltedAgent => ({ agent: agentId(agent), at, by: "staff|alice" });

    it("I5: denies whatever they do, tasks or none, and nobody else", async () => {
      const { text, form } = renderRevocations(whole([entry()]), NOW, { agents: [halt("rogue")] });
      expect(form).toBe("list");
      for (const startedAt of [NOW - 600, NOW + 600])
        expect(await mayStillAct(text, { path: "aaaaaaaaaaaa.", startedAt, agent: agentId("rogue") })).toBe(false);
      expect(await mayStillAct(text, { path: PATH, startedAt: NOW - 60, agent: agentId("rogu") })).toBe(true);
    });

    it("denies the probes that bear their tag, and no other probe", async () => {
      const { text } = renderRevocations(whole([]), NOW, { agents: [halt("rogue")] });
      const probe = { path: PATH, startedAt: NOW, sourceIdentity: PROBE_IDENTITY };
      expect(await mayStillAct(text, { ...probe, agent: agentId("rogue") })).toBe(false);
      expect(await mayStillAct(text, { ...probe, agent: agentId("demo") })).toBe(true);
      // No other session is denied by the tag alone: the source identity is what identifies an agent.
      expect(await mayStillAct(text, { ...probe, agent: agentId("rogue"), sourceIdentity: "demo" })).toBe(true);
    });

    it("holds them while sessions can live, and no longer", () => {
      const textAfter = (seconds: number) =>
        renderRevocations(whole([]), NOW, { agents: [halt("ab", NOW - seconds)] }).text;
      expect(textAfter(3_600 + 360)).toContain('{"aws:SourceIdentity":["ab"]}');
      expect(textAfter(3_600 + 361)).toBeUndefined();
    });

    it("needs no room for all that ends with them", () => {
      const many = others(3_000).map((each) => ({ ...each, agent: agentId("rogue") }));
      const { text, form, revoked } = renderRevocations(whole(many), NOW, { agents: [halt("rogue")] });
      expect({ form, revoked }).toEqual({ form: "list", revoked: 3_000 });
      expect(text?.length).toBeLessThan(320);
    });

    it("I5: still names a child of theirs that another agent works on", async () => {
      const child = entry({ path: `${PATH}c1x9.` as TaskPath, agent: agentId("helper"), startedAt: NOW });
      const entries = [entry({ agent: agentId("rogue"), endedAt: NOW }), child];
      const { text } = renderRevocations(whole(entries), NOW, { agents: [halt("rogue")] });
      expect(await mayStillAct(text, { path: child.path, startedAt: NOW, agent: agentId("helper") })).toBe(false);
    });

    it("lists those that have something here where all of them do not fit", async () => {
      const rogues = Array.from({ length: 600 }, (_, n) => halt(`a-rather-long-agent-name-${n}`));
      const entries = [...others(100), entry({ agent: agentId("a-rather-long-agent-name-7") })];
      const { text, form } = renderRevocations(whole(entries), NOW, { agents: rogues });
      expect(form).toBe("cut");
      expect(
        await mayStillAct(text, { path: PATH, startedAt: NOW, agent: agentId("a-rather-long-agent-name-7") }),
      ).toBe(false);
      expect(await mayStillAct(text, { path: "bbbbbbbbbbbb.", startedAt: NOW - 60, agent: agentId("unknown") })).toBe(
        false,
      );
    });
  });

  describe("where everything is halted", () => {
    const panic: Panic = { declaredAt: NOW - 5, declaredBy: "a", reason: "b", chain: { n: 1, hash: "" } };
    const lifted: Panic = { ...panic, declaredAt: NOW - 600, liftedAt: NOW - 120, liftedBy: "a" };
    const may = (given: Panic, startedAt: number, entries: readonly RoleEntry[] = [], atSeconds = NOW) =>
      mayStillAct(renderRevocations(whole(entries), atSeconds, { agents: [], panic: given }).text, {
        path: PATH,
        startedAt,
      });

    it("I5: denies everything, at any time", async () => {
      expect(renderRevocations(whole([]), NOW, { agents: [], panic })).toMatchObject({ form: "halted", revoked: 0 });
      for (const startedAt of [NOW - 900, NOW, NOW + 900]) expect(await may(panic, startedAt, [entry()])).toBe(false);
    });

    it.each([
      ["long before the lift", -1_000, false],
      ["just before it", -121, false],
      ["before it by a clock that is half a minute off", -91, false],
      ["once vending has begun again, by a clock that is as far off", -90, true],
    ])("I5: after the lift, a session that was begun %s", async (_, issued, expected) => {
      expect(await may(lifted, NOW + issued, [entry({ openedAt: NOW - 1_000, startedAt: NOW + issued })])).toBe(
        expected,
      );
    });

    it("I5: sessions from before stay dead as long as they could live", async () => {
      expect(await may(lifted, NOW - 200, [], NOW - 90 + 3_960)).toBe(false);
      expect(renderRevocations(whole([]), NOW - 90 + 3_961, { agents: [], panic: lifted }).text).toBeUndefined();
    });

    it("needs no room for what ended before the lift, and names what ends after it", async () => {
      const before = others(3_000).map((each) => ({ ...each, startedAt: NOW - 200 }));
      const after = entry({ openedAt: NOW - 50, startedAt: NOW - 50, endedAt: NOW });
      const { text, form } = renderRevocations(whole([...before, after]), NOW, { agents: [], panic: lifted });
      expect(form).toBe("list");
      expect(text?.length).toBeLessThan(1_200);
      expect(await may(lifted, NOW - 50, [...before, after])).toBe(false);
    });
  });

  it("names a tree that ended by its head alone", () => {
    const tree = Array.from({ length: 20 }, (_, n) => ({
      ...ENDED,
      path: `${PATH}c${String(n).padStart(3, "0")}.` as TaskPath,
    }));
    expect(JSON.parse(renderRevocations(whole([...tree, ENDED]), NOW).text ?? "").Statement).toHaveLength(1);
    expect(renderRevocations(whole([...tree, ENDED]), NOW).text).toBe(renderRevocations(whole([ENDED]), NOW).text);
  });
});
