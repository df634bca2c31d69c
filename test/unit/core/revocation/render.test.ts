import { describe, expect, it } from "vitest";
import { INLINE_POLICY_CHARACTERS, renderRevocations } from "../../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../../functions/core/revocation/role-entry.ts";
import type { TaskPath } from "../../../../functions/core/tasks/path.ts";
import { mayStillAct } from "./tried-on.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z") / 1_000;
const PATH = "k7f3m2q9x4ab." as TaskPath;

const path = (n: number): TaskPath => `${n.toString(36).padStart(12, "z")}.` as TaskPath;

const entry = (changes: Partial<RoleEntry> = {}): RoleEntry => ({
  path: PATH,
  agent: "demo",
  openedAt: NOW - 60,
  startedAt: NOW - 60,
  fenceAt: NOW + 840,
  ...changes,
});
const ENDED = entry({ endedAt: NOW - 1 });
const others = (count: number) => Array.from({ length: count }, (_, n) => entry({ path: path(n), endedAt: NOW }));

describe("the revocation policy of a role", () => {
  it("is not there where nothing has ended", () => {
    const nothing = { text: undefined, revoked: 0, form: "none" };
    expect(renderRevocations([], NOW)).toEqual(nothing);
    expect(renderRevocations([entry()], NOW)).toEqual(nothing);
  });

  it("denies an ended task everything, and its descendants with it", () => {
    const { text, revoked } = renderRevocations([ENDED], NOW);
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
    const { text } = renderRevocations([ENDED], NOW);
    expect(await mayStillAct(text, { path, issuedAt: NOW - 60 })).toBe(expected);
  });

  it.each([
    ["before its fence", NOW + 1, 1],
    ["at its fence", NOW, 1],
    ["past its fence by as much as clocks may differ", NOW - 300, 1],
    ["past its fence for longer than that: nothing is left to revoke", NOW - 301, 0],
  ])("I5: names an ended task %s", (_name, fenceAt, revoked) => {
    expect(renderRevocations([{ ...ENDED, fenceAt }], NOW).revoked).toBe(revoked);
  });

  it("is the same text in whatever order the record is read, so that it is written only when it changes", () => {
    const entries = others(5);
    expect(renderRevocations(entries.toReversed(), NOW)).toEqual(renderRevocations(entries, NOW));
  });

  it("holds 500 endings of roots by name", () => {
    const { text, form } = renderRevocations(others(500), NOW);
    expect(form).toBe("list");
    expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
  });

  it("I5: denies every session issued so far where the ended fit on neither side of a cut, and says so", async () => {
    const { text, revoked, form } = renderRevocations(others(600), NOW);
    expect({ revoked, form }).toEqual({ revoked: 600, form: "everything" });
    expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
    expect(await mayStillAct(text, { path: PATH, issuedAt: NOW })).toBe(false);
    expect(await mayStillAct(text, { path: PATH, issuedAt: NOW + 1 })).toBe(true);
  });

  describe("where the ended are too many to name", () => {
    const past = Array.from({ length: 2_000 }, (_, n) => path(n)).map((each) =>
      entry({ path: each, endedAt: NOW - 60 }),
    );
    const alive = [
      entry({ path: PATH, openedAt: NOW - 900 }),
      entry({ path: "bbbbbbbbbbbb." as TaskPath, openedAt: NOW - 2 }),
    ];
    const justEnded = entry({ path: "cccccccccccc." as TaskPath, endedAt: NOW - 3 });
    const child = entry({ path: `${PATH}c1x9.` as TaskPath, endedAt: NOW - 60 });
    const { text, revoked, form } = renderRevocations([...past, ...alive, justEnded, child], NOW);

    it("fits, and does not grow with them", () => {
      expect({ revoked, form }).toEqual({ revoked: 2_002, form: "cut" });
      expect(text?.length).toBeLessThan(500);
    });

    it.each<[string, string, number, boolean]>([
      ["a task that ended before the cut", path(7), NOW - 70, false],
      ["a task that ended since, with a session from before the cut", "cccccccccccc.", NOW - 600, false],
      ["a task that ended since, with a session from after it", "cccccccccccc.", NOW - 4, false],
      ["an ended child of a task that lives", `${PATH}c1x9.`, NOW - 70, false],
      ["a task that lives, with a session from long before the cut", PATH, NOW - 900, true],
      ["a task that lives, with a session from after it", "bbbbbbbbbbbb.", NOW - 1, true],
      ["a task that the record does not know yet", "dddddddddddd.", NOW - 10, true],
      ["a session that nobody recorded", "eeeeeeeeeeee.", NOW - 60, false],
    ])("I5: %s", async (_name, session, issuedAt, expected) => {
      expect(await mayStillAct(text, { path: session, issuedAt })).toBe(expected);
    });
  });
});
