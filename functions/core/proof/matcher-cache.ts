import { actionMatcher } from "./iam-pattern.ts";
import { once } from "./once.ts";

/** Caches the matcher of each list of action patterns, and its results. The cache is keyed by the list's identity. */
export class MatcherCache {
  readonly #known = new WeakMap<readonly string[], (action: string) => boolean>();

  of(patterns: readonly string[]): (action: string) => boolean {
    return once(this.#known, patterns, () => remembering(actionMatcher(patterns)));
  }
}

/** Caches the results of a matcher. The catalogue bounds the number of actions, so the cache needs no bound. */
function remembering(matches: (action: string) => boolean): (action: string) => boolean {
  const known = new Map<string, boolean>();
  return (action) => once(known, action, () => matches(action));
}
