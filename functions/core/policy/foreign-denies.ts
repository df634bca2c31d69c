import { disjoint, type Glob } from "../text/glob.ts";
import { coversAction } from "./covered-rules.ts";
import type { Permitted } from "./decide.ts";
import type { Rule } from "./merge-statements.ts";
import { allowsOf, deniesOf } from "./rules.ts";
import { globOf, harmlessUnder, type IsHarmless, targetOf } from "./wider-denies.ts";

/** Counts units of work before they are done. May throw. */
export type Spend = (units: number) => void;

/** Units of one question of two grants, whose answer may be cached. */
export const QUESTION_WORK = 1;

/**
 * True where two grants can share a session without losing calls. In one session, a Deny of one grant also applies to
 * the pairs of the other. Such a Deny must deny nothing that the other grant's own Denies leave allowed.
 * @param spend counts each question, and each comparison of a Deny with an Allow that no earlier answer saves.
 */
export function canShare(one: readonly Permitted[], other: readonly Permitted[], spend: Spend): boolean {
  spend(QUESTION_WORK);
  const [left, right] = [grantOf(one), grantOf(other)];
  return left.isHarmlessTo(right, spend) && right.isHarmlessTo(left, spend);
}

/** Cache of grants: dividing a long intent compares each grant with all others. */
const GRANTS = new WeakMap<readonly Permitted[], Grant>();

function grantOf(permitted: readonly Permitted[]): Grant {
  const known = GRANTS.get(permitted);
  if (known) return known;
  const made = new Grant(permitted);
  GRANTS.set(permitted, made);
  return made;
}

/** Rules of one grant, with the answers about them. */
class Grant {
  readonly #allowed: readonly Rule[];
  readonly #denied: readonly Rule[];
  readonly #denies: readonly (Rule & { readonly glob: Glob })[];
  readonly #targets: ReadonlyMap<string, readonly Glob[]>;
  /** Tests by the text of a Deny's condition. */
  readonly #tests = new Map<string, IsHarmless>();
  /** Answers by the other grant. */
  readonly #answers = new WeakMap<Grant, boolean>();

  constructor(permitted: readonly Permitted[]) {
    [this.#allowed, this.#denied] = [allowsOf(permitted), deniesOf(permitted)];
    this.#denies = this.#denied.map((rule) => ({ ...rule, glob: globOf(rule.resource) }));
    const rules = Map.groupBy(this.#allowed, ({ action }) => action);
    this.#targets = new Map([...rules].map(([action, own]) => [action, own.map(({ resource }) => targetOf(resource))]));
  }

  /** Returns whether the Denies of this grant deny nothing that the other one allows. */
  isHarmlessTo(other: Grant, spend: Spend): boolean {
    const known = this.#answers.get(other);
    if (known !== undefined) return known;
    spend(this.#denied.length * other.#allowed.length);
    const answer = this.#denies.every((deny) => !other.#isTouchedBy(deny) || other.#allowsNothingIn(deny));
    this.#answers.set(other, answer);
    return answer;
  }

  /** False where the Deny's resources have none of the grant's targets. Most Denies are cleared here, at little cost. */
  #isTouchedBy({ action, glob }: Rule & { readonly glob: Glob }): boolean {
    return [...this.#targets].some(
      ([each, targets]) => coversAction(action, each) && targets.some((target) => !disjoint(glob, target)),
    );
  }

  #allowsNothingIn({ action, resource, condition }: Rule): boolean {
    const key = JSON.stringify(condition);
    const test = this.#tests.get(key) ?? harmlessUnder(condition, this.#denied, this.#allowed);
    this.#tests.set(key, test);
    return test(action, resource);
  }
}
