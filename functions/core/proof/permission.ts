import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { counts, isAbout, outcomeOf, permits } from "./cedar-policy.ts";
import { nameOfRead, type Reads } from "./cedar-reads.ts";
import { actionOf, agentOf, resourceOf, worldOf } from "./cedar-world.ts";
import { FALSE, type Formula } from "./diagram.ts";
import type { Parts } from "./kept.ts";
import type { KeptPolicy } from "./kept-policies.ts";
import type { Question, Situation, StatedPolicy } from "./question.ts";
import type { ReadQuestion } from "./read-question.ts";
import type { Terms } from "./situations.ts";

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
  readonly kept: KeptPolicy;
  /** Formulas that hold for this question alone. */
  readonly own: Map<string, Formula>;
}

/** Cedar's word, from the policies' own JSON. */
export class Permission {
  readonly #question: Question;
  readonly #parts: Pick<Parts, "unknowns" | "cases">;
  readonly #policies: readonly Counted[];
  readonly #heads: readonly (readonly string[])[];
  readonly #about = new Map<CatalogueAction, readonly Counted[]>();

  constructor({ question, text, terms }: ReadQuestion, parts: Pick<Parts, "unknowns" | "cases" | "policies">) {
    const named = text.flatMap(({ resources }) => resources.patterns.map((pattern) => pattern.split(":").slice(0, 5)));
    this.#heads = [...named, ["", "", "", "", question.account]];
    this.#question = question;
    this.#parts = parts;
    const agent = agentOf(question.asker);
    this.#policies = [...terms]
      .filter(([policy]) => isAbout(policy, { principal: agent }))
      .map(([policy, each]) => ({ policy, terms: each, kept: parts.policies.of(policy), own: new Map() }));
  }

  of(action: CatalogueAction, situation: Situation): Said {
    const about = this.#about.get(action) ?? this.#aboutOf(action);
    this.#about.set(action, about);
    const names = new Map<Reads, string>();
    const formulaOf = (each: Counted) => {
      const { reads } = each.kept;
      const name = names.get(reads) ?? this.#nameOf(reads, action, situation);
      names.set(reads, name);
      return this.#formula(each, name, action, situation);
    };
    const said = (effect: StatedPolicy["effect"]) => about.filter(({ policy }) => policy.effect === effect);
    return {
      permits: said("permit")
        .filter(({ terms }) => this.#isKept(terms, action, situation))
        .map(formulaOf)
        .filter((each) => each !== FALSE),
      forbids: said("forbid")
        .map((each) => ({ id: each.policy.id, counts: formulaOf(each) }))
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

  /** A name for all that a formula depends on beside the policy. */
  #nameOf(reads: Reads, { resourceTypes, name }: CatalogueAction, situation: Situation): string {
    const { asker, account } = this.#question;
    return `${resourceTypes.length > 0 ? "" : account} ${nameOfRead(reads, asker, name, situation)}`;
  }

  /** Most policies say the same of many actions, at any hour, to every asker and in every question. */
  #formula({ policy, kept, own }: Counted, name: string, action: CatalogueAction, situation: Situation): Formula {
    const known = own.get(name) ?? kept.formulaOf(name);
    if (known !== undefined) return known;
    let isOfQuestion = false;
    const heads = () => {
      isOfQuestion = true;
      return this.#heads;
    };
    const { unknowns, cases } = this.#parts;
    const outcome = outcomeOf(policy, worldOf(this.#question, action, heads, situation), unknowns);
    const whole = JSON.stringify([policy.id, name]);
    const made =
      policy.effect === "permit" ? permits(outcome, whole, unknowns) : counts(outcome, whole, unknowns, cases);
    if (isOfQuestion) own.set(name, made);
    else kept.keep(name, made);
    return made;
  }
}
