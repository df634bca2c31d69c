import { describe, expect, it } from "vitest";
import { agentId } from "../../../../contract/agent-id.ts";
import { EMPTY_CHAIN } from "../../../../functions/core/journal/event.ts";
import type { Panic } from "../../../../functions/core/revocation/panic.ts";
import { deniesAnew, renderRevocations } from "../../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../../functions/core/revocation/role-entry.ts";
import { whole } from "../../../../functions/core/revocation/roles.ts";
import type { TaskPath } from "../../../../functions/core/task-path.ts";
import { mayStillAct } from "./tried-on.ts";

const NOW = 1_764_000_000;
const PATH = "k7f3m2q9x4ab." as TaskPath;
const entry = (changed: Partial<RoleEntry> = {}): RoleEntry => ({
  path: PATH,
  agent: agentId("demo"),
  openedAt: NOW - 100,
  startedAt: NOW - 100,
  fenceAt: NOW + 800,
  ...changed,
});
const many = (count: number): RoleEntry[] =>
  Array.from({ length: count }, (_, index) =>
    entry({ path: `${String(index).padStart(12, "b")}.` as TaskPath, endedAt: NOW - 100 }),
  );
const agents = [{ agent: agentId("demo"), at: NOW - 1, by: "staff|alice" }];
const panic = (lifted: Partial<Panic> = {}): Panic => ({
  declaredAt: NOW - 30,
  declaredBy: "staff|alice",
  reason: "drill",
  chain: EMPTY_CHAIN,
  ...lifted,
});

/** Every form of the policy, and whether it denies a session of the ended task that is issued now. */
const rows = [
  ["names it", [entry({ endedAt: NOW })], undefined, true],
  ["names another", [entry({ path: "k7f3m2q9x4ac." as TaskPath, endedAt: NOW }), entry()], undefined, false],
  ["names its agent", [entry({ endedAt: NOW })], { agents }, true],
  ["is of a cut that it is older than", [...many(700), entry({ endedAt: NOW })], undefined, false],
  ["is of a cut, and names what is younger", [...many(700), entry({ endedAt: NOW, startedAt: NOW })], undefined, true],
  ["denies everything", [...many(700).map((each) => ({ ...each, endedAt: NOW, startedAt: NOW }))], undefined, true],
  ["is of a panic", [entry({ endedAt: NOW })], { agents: [], panic: panic() }, true],
  ["is not there", [], undefined, false],
] as const;

describe("a policy denies a session that is issued after it", () => {
  it.each(rows)(
    "a policy denies the session, or does not, where it %s: as IAM has it",
    async (_, entries, halted, denies) => {
      const { text } = renderRevocations(whole(entries), NOW, halted);
      expect(deniesAnew(text)(entry())).toBe(denies);
      expect(await mayStillAct(text, { path: PATH, startedAt: NOW })).toBe(!denies);
    },
  );

  it("a session that is younger than a lifted panic lives", async () => {
    const { text } = renderRevocations(whole([entry({ endedAt: NOW })]), NOW + 100, {
      agents: [],
      panic: panic({ liftedAt: NOW, liftedBy: "staff|alice" }),
    });
    expect(text).toContain("valetkey:started");
    expect(deniesAnew(text)(entry())).toBe(false);
    expect(await mayStillAct(text, { path: PATH, startedAt: NOW + 200 })).toBe(true);
  });

  it("matches by the names of the tasks above it too, and by no part of a name", () => {
    const { text } = renderRevocations(whole([entry({ path: `${PATH}c1x9.` as TaskPath, endedAt: NOW })]), NOW);
    expect(deniesAnew(text)(entry())).toBe(false);
    expect(deniesAnew(text)(entry({ path: `${PATH}c1x9.aaaa.` as TaskPath }))).toBe(true);
    expect(deniesAnew(text)(entry({ path: `${PATH}c1x8.` as TaskPath }))).toBe(false);
  });
});
