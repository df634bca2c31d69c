import { actionMatcher } from "./iam-pattern.ts";
import { once } from "./once.ts";

/** Lists of patterns for actions that are the same list for every proof, and the actions that were looked for in them. */
export class KeptMatchers {
  readonly #known = new WeakMap<readonly string[], (action: string) => boolean>();

  of(patterns: readonly string[]): (action: string) => boolean {
    return once(this.#known, patterns, () => remembering(actionMatcher(patterns)));
  }
}

/** The catalogue's actions are as many as there are: no bound is needed on what is remembered. */
function remembering(matches: (action: string) => boolean): (action: string) => boolean {
  const known = new Map<string, boolean>();
  return (action) => once(known, action, () => matches(action));
}
