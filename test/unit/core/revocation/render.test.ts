import { describe, expect, it } from "vitest";
import {
  INLINE_POLICY_CHARACTERS,
  type RoleEntry,
  renderRevocations,
} from "../../../../functions/core/revocation/render.ts";
import type { TaskPath } from "../../../../functions/core/tasks/path.ts";
import { mayStillAct } from "./tried-on.ts";

const NOW = Date.parse("2026-11-24T12:00:00Z") / 1_000;
const PATH = "k7f3m2q9x4ab." as TaskPath;

const entry = (changes: Partial<RoleEntry> = {}): RoleEntry => ({
  path: PATH,
  openedAt: NOW - 60,
  fenceAt: NOW + 840,
  ...changes,
});
const ENDED = entry({ endedAt: NOW - 1 });
const others = (count: number) =>
  Array.from({ length: count }, (_, n) =>
    entry({ path: `${n.toString(36).padStart(12, "z")}.` as TaskPath, endedAt: NOW }),
  );

describe("the revocation policy of a role", () => {
  it("is not there where nothing has ended", () => {
    const nothing = { text: undefined, revoked: 0, overflowed: false };
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

  it("I5: denies every session issued so far where the list does not fit, and says so", async () => {
    const { text, revoked, overflowed } = renderRevocations(others(600), NOW);
    expect({ revoked, overflowed }).toEqual({ revoked: 600, overflowed: true });
    expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
    expect(await mayStillAct(text, { path: PATH, issuedAt: NOW - 1 })).toBe(false);
    expect(await mayStillAct(text, { path: PATH, issuedAt: NOW + 1 })).toBe(true);
  });

  it("holds 500 endings of roots by name", () => {
    const { text, overflowed } = renderRevocations(others(500), NOW);
    expect(overflowed).toBe(false);
    expect(text?.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
  });

  it("overflows with the first ending that takes it over the limit, and not before", () => {
    const most = Array.from({ length: 600 }, (_, n) => n).findLast(
      (n) => !renderRevocations(others(n), NOW).overflowed,
    );
    const { text = "" } = renderRevocations(others(most ?? 0), NOW);
    const one = `,"*:${PATH}*"`.length;
    expect(text.length).toBeLessThanOrEqual(INLINE_POLICY_CHARACTERS);
    expect(text.length + one).toBeGreaterThan(INLINE_POLICY_CHARACTERS);
  });
});
