import { hasRoom, loadOf } from "../../../functions/core/revocation/load.ts";
import { renderRevocations } from "../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { whole } from "../../../functions/core/revocation/roles.ts";
import { type Row, type Run, verdict } from "../row.ts";
import { againstAList } from "./against-a-list.ts";
import { largest, steadyState } from "./steady-state.ts";

const TARGET = 400;
/** Tasks that live 30 s, as in docs/capacity.md. */
const LIFE_SECONDS = 30;
const OTHER_LIVES_SECONDS = [120, 900];
const NOW_SECONDS = Date.UTC(2026, 10, 24, 12) / 1_000;

/** Measures how many tasks can be alive in one task role, at a steady rate, before its revocation policy overflows. */
export async function tasksAlive({ say }: Run): Promise<readonly Row[]> {
  say("rendering the revocation policy of one role");
  const alive = sustained(LIFE_SECONDS);
  const others = OTHER_LIVES_SECONDS.map((seconds) => `${sustained(seconds)} that live ${seconds} s`);
  const atOnce = largest((count) => fits(allEndAtOnce(count)));
  const admitted = largest((count) => isLetIn(steadyState(count, LIFE_SECONDS, NOW_SECONDS)));
  return [
    {
      name: "tasks alive per task role before spreading",
      measured: `${alive} that live ${LIFE_SECONDS} s, at a rate that goes on`,
      target: `>= ${TARGET}`,
      verdict: verdict(alive >= TARGET),
      notes: [
        `${others.join(", ")}; ${atOnce} that were all opened at one moment may all end at that moment`,
        `admission control lets in ${admitted} that live ${LIFE_SECONDS} s: it counts each of them, the youngest too, and keeps a twentieth free`,
        "what fills the policy is who is older than ten seconds, and who has ended and was begun within twenty",
      ],
      figures: { alive30s: alive, admitted30s: admitted, endedAtOnce: atOnce },
    },
    ...againstAList(LIFE_SECONDS, NOW_SECONDS),
  ];
}

const sustained = (lifeSeconds: number): number =>
  largest((count) => fits(steadyState(count, lifeSeconds, NOW_SECONDS)));

const allEndAtOnce = (count: number): readonly RoleEntry[] =>
  steadyState(count, 900, NOW_SECONDS)
    .slice(0, count)
    .map((entry) => ({ ...entry, openedAt: NOW_SECONDS, startedAt: NOW_SECONDS, endedAt: NOW_SECONDS }));

const isLetIn = (entries: readonly RoleEntry[]): boolean =>
  hasRoom(loadOf(entries, NOW_SECONDS * 1_000, { agents: [] }), "one-more", 19);

const fits = (entries: readonly RoleEntry[]): boolean =>
  renderRevocations(whole(entries), NOW_SECONDS).form !== "everything";
