import { placeOf } from "../../core/intent/place.ts";
import { SESSION_POLICY_CHARACTERS } from "../../core/policy/compile.ts";
import type { Permitted } from "../../core/policy/decide.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Compile, GrantedAws } from "./granted-aws.ts";

/**
 * Refuses details that do not fit into one session. The error names the size, the part of it that the exceptions take,
 * and how many pairs fit.
 * @throws {Refusal} intent_too_large, always.
 */
export function refuseTooLarge(granted: readonly GrantedAws[], compile: Compile): never {
  const permitted = granted.flatMap((each) => each.permitted);
  const { characters } = compile(permitted);
  const plain = compile(permitted.map((each) => ({ ...each, denies: [] }))).characters;
  const forbids = [...new Set(permitted.flatMap(({ policies }) => policies.slice(1)))];
  const fitting = longestFittingPrefix(permitted, compile);
  const split = permitted.slice(fitting).map(({ pair }) => `${pair.action} on ${pair.target}`);
  const places = granted.map(({ detail, index }) => placeOf(detail, index)).join(", ");
  throw new Refusal("intent_too_large", {
    say:
      `${places} compiles to ${characters} characters of ${SESSION_POLICY_CHARACTERS}, ` +
      `${characters - SESSION_POLICY_CHARACTERS} too many` +
      `${forbids.length === 0 ? "" : `, ${characters - plain} of them for what ${forbids.join(", ")} excepts`}. ` +
      `Its first ${fitting} of ${permitted.length} pairs fit; ` +
      `put the others into another detail or task: ${split.slice(0, 5).join("; ")}${split.length > 5 ? "; ..." : ""}.`,
  });
}

/** Counts the pairs, from the first on, that fit together. Takes several compilations, but only before a refusal. */
function longestFittingPrefix(permitted: readonly Permitted[], compile: Compile): number {
  let [fits, tooMany] = [0, permitted.length];
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2);
    const { characters } = compile(permitted.slice(0, count));
    if (characters <= SESSION_POLICY_CHARACTERS) fits = count;
    else tooMany = count;
  }
  return fits;
}
