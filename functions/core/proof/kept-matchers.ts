import { actionMatcher } from "./iam-pattern.ts";

/** Lists of patterns for actions that are the same list for every proof, and the actions that were looked for in them. */
export class KeptMatchers {
  readonly #known = new WeakMap<readonly string[], (action: string) => boolean>();

  of(patterns: readonly string[]): (action: string) => boolean {
    const known = this.#known.get(patterns) ?? remembering(actionMatcher(patterns));
    this.#known.set(patterns, known);
    return known;
  }
}

/** The catalogue's actions are as many as there are: no bound is needed on what is remembered. */
function remembering(matches: (action: string) => boolean): (action: string) => boolean {
  const known = new Map<string, boolean>();
  return (action) => {
    const answer = known.get(action) ?? matches(action);
    known.set(action, answer);
    return answer;
  };
}
