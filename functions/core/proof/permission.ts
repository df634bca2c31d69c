import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Cases } from "./cases.ts";
import { counts, isAbout, outcomeOf, permits, type Reads, readsOf } from "./cedar-policy.ts";
import { actionOf, agentOf, resourceOf, type World, worldOf } from "./cedar-world.ts";
import { FALSE, type Formula } from "./diagram.ts";
import type { Question, Situation, StatedPolicy } from "./question.ts";
import type { ReadQuestion } from "./read-question.ts";
import type { Terms } from "./situations.ts";
import type { Unknowns } from "./unknowns.ts";

/** Cedar's permits and forbids for the calls of one action in one situation. */
export interface Said {
  /** Formula of each permit: the calls that it permits, on its terms. */
  readonly permits: readonly Formula[];
  /** Formula of each forbid: the calls for which it counts. */
  readonly forbids: readonly { readonly id: string; readonly counts: Formula }[];
}

interface Counted {
  readonly policy: StatedPolicy;
  readonly terms: Terms;
  readonly reads: Reads;
  readonly formulas: Map<string, Formula>;
}

/** Cedar's word, from the policies' own JSON. */
export class Permission {
  readonly #question: Question;
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #policies: readonly Counted[];
  readonly #heads: readonly (readonly string[])[];
  readonly #worlds = new Map<string, World>();
  readonly #about = new Map<CatalogueAction, readonly Counted[]>();

  constructor({ question, text, terms }: ReadQuestion, unknowns: Unknowns, cases: Cases, kept: KeptReads) {
    const named = text.flatMap(({ resources }) => resources.patterns.map((pattern) => pattern.split(":").slice(0, 5)));
    this.#heads = [...named, ["", "", "", "", question.account]];
    this.#question = question;
    this.#unknowns = unknowns;
    this.#cases = cases;
    const agent = agentOf(question.asker);
    this.#policies = [...terms]
      .filter(([policy]) => isAbout(policy, { principal: agent }))
      .map(([policy, each]) => ({ policy, terms: each, reads: keptReads(policy, kept), formulas: new Map() }));
  }

  of(action: CatalogueAction, situation: Situation): Said {
    const about = this.#about.get(action) ?? this.#aboutOf(action);
    this.#about.set(action, about);
    const said = (effect: StatedPolicy["effect"]) => about.filter(({ policy }) => policy.effect === effect);
    return {
      permits: said("permit")
        .filter(({ terms }) => this.#isKept(terms, action, situation))
        .map((each) => this.#formula(each, action, situation))
        .filter((each) => each !== FALSE),
      forbids: said("forbid")
        .map((each) => ({ id: each.policy.id, counts: this.#formula(each, action, situation) }))
        .filter(({ counts }) => counts !== FALSE),
    };
  }

  #aboutOf(action: CatalogueAction): readonly Counted[] {
    const heads = { action: actionOf(action), resource: resourceOf(action, this.#question.account) };
    return this.#policies.filter(({ policy }) => isAbout(policy, heads));
  }

  /** An action that hands out what outlives the session takes only permits that say so. */
  #isKept({ isNone, endsAt, isBound, outlives }: Terms, { mints }: CatalogueAction, situation: Situation): boolean {
    const isBroken = isBound && (!situation.isFromAsker || this.#question.asker.boundIp === undefined);
    return !isNone && situation.atSeconds < endsAt && !isBroken && (outlives || !mints);
  }

  /** Most policies say the same of many actions, and at any hour. */
  #formula({ policy, reads, formulas }: Counted, action: CatalogueAction, situation: Situation): Formula {
    const hour = reads.context ? Math.floor(situation.atSeconds / 3_600) : "";
    const name = `${action.resourceTypes.length > 0} ${reads.action ? action.name : ""} ${hour}`;
    const known = formulas.get(name);
    if (known !== undefined) return known;
    const made = this.#evaluated(policy, name, this.#world(action, situation));
    formulas.set(name, made);
    return made;
  }

  #world(action: CatalogueAction, situation: Situation): World {
    const name = `${action.name} ${Math.floor(situation.atSeconds / 3_600)}`;
    const world = this.#worlds.get(name) ?? worldOf(this.#question, action, this.#heads, situation);
    this.#worlds.set(name, world);
    return world;
  }

  #evaluated(policy: StatedPolicy, name: string, world: World): Formula {
    const outcome = outcomeOf(policy, world, this.#unknowns);
    const whole = JSON.stringify([policy.id, name]);
    return policy.effect === "permit"
      ? permits(outcome, whole, this.#unknowns)
      : counts(outcome, whole, this.#unknowns, this.#cases);
  }
}

/** Variables that the conditions of each policy read: the same for every proof. */
export type KeptReads = WeakMap<StatedPolicy, Reads>;

function keptReads(policy: StatedPolicy, kept: KeptReads): Reads {
  const reads = kept.get(policy) ?? readsOf(policy);
  kept.set(policy, reads);
  return reads;
}
