import { charactersOf, hasRoom, loadOf } from "../../../functions/core/revocation/load.ts";
import { INLINE_POLICY_CHARACTERS, renderRevocations } from "../../../functions/core/revocation/render.ts";
import type { RoleEntry } from "../../../functions/core/revocation/role-entry.ts";
import { roleStateAt } from "../../../functions/core/revocation/role-state.ts";
import { whole } from "../../../functions/core/revocation/roles.ts";
import { type Row, verdict } from "../row.ts";
import { largest, steadyState } from "./steady-state.ts";

/** Rates of tasks that begin and end in the whole deployment; per second. */
const RATES_PER_SECOND = [10, 100, 1_000];

/**
 * Measures the task roles that a rate of tasks needs. Compares the deployed revocation policies, which name both sides
 * of a cut, with a plain list of ended tasks.
 */
export function againstAList(lifeSeconds: number, nowSeconds: number): readonly Row[] {
  const entriesAt = (ratePerMinute: number): readonly RoleEntry[] =>
    steadyState((ratePerMinute / 60) * lifeSeconds, lifeSeconds, nowSeconds);
  // Counted per minute, since a plain list cannot hold even one task a second.
  const mostOfOurs = largest((rate) => rate === 0 || isHeld(entriesAt(rate), nowSeconds)) / 60;
  const mostOfAList =
    largest((rate) => rate === 0 || listed(entriesAt(rate), nowSeconds) <= INLINE_POLICY_CHARACTERS) / 60;
  return RATES_PER_SECOND.map((rate): Row => {
    const [ours, theirs] = [Math.ceil(rate / mostOfOurs), Math.ceil(rate / mostOfAList)];
    const { text = "", form } = renderRevocations(whole(entriesAt((rate / ours) * 60)), nowSeconds);
    const ended = Math.round(rate * (listed(entriesAt(60), nowSeconds) / charactersOf("aaaaaaaaaaaa." as never)));
    return {
      name: `task roles for ${rate.toLocaleString("en")} tasks a second`,
      measured: `${ours}, with ${text.length.toLocaleString("en")} characters each, as ${form}`,
      target: `fewer than a plain deny list takes: ${theirs.toLocaleString("en")}`,
      verdict: verdict(ours < theirs),
      notes: [
        `${ended.toLocaleString("en")} tasks that have ended and whose sessions could still act, each of which lived ${lifeSeconds} s; a list names all of them`,
      ],
      figures: { roles: ours, rolesOfAList: theirs, characters: text.length, ended },
    };
  });
}

/** True where the policy can hold the entries, and one more task is admitted. */
const isHeld = (entries: readonly RoleEntry[], nowSeconds: number): boolean =>
  renderRevocations(whole(entries), nowSeconds).form !== "everything" &&
  hasRoom(loadOf(entries, nowSeconds * 1_000, { agents: [] }), "one-more", 19);

/** Counts the characters of all ended tasks' names. */
const listed = (entries: readonly RoleEntry[], nowSeconds: number): number =>
  roleStateAt(entries, nowSeconds).ended.reduce((sum, { path }) => sum + charactersOf(path), 0);
