import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Cases } from "./cases.ts";
import { counts, isAbout, outcomeOf, permits, reads } from "./cedar-policy.ts";
import { type World, worldOf } from "./cedar-world.ts";
import { FALSE, type Formula } from "./diagram.ts";
import type { Statement } from "./iam-text.ts";
import type { Question, Situation, StatedPolicy } from "./question.ts";
import { type Terms, termsOf } from "./situations.ts";
import type { Unknowns } from "./unknowns.ts";

/** Cedar's permits and forbids for the calls of one action in one situation. */
export interface Said {
  /** Formula of each permit: the calls that it permits, on its terms. */
  readonly permits: readonly Formula[];
  /** Formula of each forbid: the calls for which it counts. */
  readonly forbids: readonly { readonly id: string; readonly counts: Formula }[];
}

interface Read {
  readonly policy: StatedPolicy;
  readonly terms: Terms;
  readonly reads: Readonly<Record<"action" | "context", boolean>>;
}

/** Cedar's word, from the policies' own JSON. A policy that is only watched (`@mode("shadow")`) has none. */
export class Permission {
  readonly #question: Question;
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #policies: readonly Read[];
  readonly #heads: readonly (readonly string[])[];
  readonly #known = new Map<string, Formula>();

  constructor(question: Question, text: readonly Statement[], unknowns: Unknowns, cases: Cases) {
    const named = text.flatMap(({ resources }) => resources.patterns.map((pattern) => pattern.split(":").slice(0, 5)));
    this.#heads = [...named, ["", "", "", "", question.account]];
    this.#question = question;
    this.#unknowns = unknowns;
    this.#cases = cases;
    this.#policies = enforced(question).map((policy) => ({
      policy,
      terms: termsOf(policy, question),
      reads: { action: reads(policy, "action"), context: reads(policy, "context") },
    }));
  }

  of(action: CatalogueAction, situation: Situation): Said {
    const world = worldOf(this.#question.asker, action, this.#question.account, this.#heads, situation);
    const about = this.#policies.filter(({ policy }) => isAbout(policy, world));
    const formula = (each: Read) => this.#formula(each, world, situation);
    return {
      permits: about
        .filter(({ policy, terms }) => policy.effect === "permit" && this.#isKept(terms, action, situation))
        .map(formula)
        .filter((each) => each !== FALSE),
      forbids: about
        .filter(({ policy }) => policy.effect === "forbid")
        .map((each) => ({ id: each.policy.id, counts: formula(each) }))
        .filter(({ counts }) => counts !== FALSE),
    };
  }

  /** An action that hands out what outlives the session takes only permits that say so. */
  #isKept({ isNone, endsAt, isBound, outlives }: Terms, { mints }: CatalogueAction, situation: Situation): boolean {
    const isBroken = isBound && (!situation.isFromAsker || this.#question.asker.boundIp === undefined);
    return !isNone && situation.atSeconds < endsAt && !isBroken && (outlives || !mints);
  }

  /** Most policies say the same of many actions, and at any hour. */
  #formula({ policy, reads }: Read, world: World, { atSeconds }: Situation): Formula {
    const { id, effect } = policy;
    const hour = reads.context ? Math.floor(atSeconds / 3_600) : "";
    const name = JSON.stringify([id, world.resource.type, reads.action ? world.action.id : "", hour]);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const outcome = outcomeOf(policy, world, this.#unknowns);
    const made =
      effect === "permit" ? permits(outcome, name, this.#unknowns) : counts(outcome, name, this.#unknowns, this.#cases);
    this.#known.set(name, made);
    return made;
  }
}

/** The policies that count. */
export const enforced = ({ policies }: Pick<Question, "policies">): readonly StatedPolicy[] =>
  policies.filter(({ annotations }) => annotations.mode !== "shadow");
