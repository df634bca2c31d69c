import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { mints } from "./aws/minting.ts";
import { counts, isAbout, outcomeOf, permits } from "./cedar-policy.ts";
import { nameOfRead, type Reads } from "./cedar-reads.ts";
import { actionOf, resourceOf, type World, worldOf } from "./cedar-world.ts";
import { FALSE, type Formula } from "./diagram.ts";
import { once } from "./once.ts";
import type { Parts } from "./parts-cache.ts";
import type { CachedPolicy } from "./policy-cache.ts";
import type { Question, Situation, StatedPolicy } from "./question.ts";
import type { CountedPolicy, ReadQuestion } from "./read-question.ts";
import type { Terms } from "./situations.ts";

/** Cedar's permits and forbids for the calls of one action in one situation. */
export interface PolicyFormulas {
  /** Unique among the results for one question. */
  readonly id: number;
  /** Formula of each permit: the calls that it permits under its terms. */
  readonly permits: readonly Formula[];
  /** Formula of each forbid: the calls for which it counts. */
  readonly forbids: readonly { readonly id: string; readonly counts: Formula }[];
}

/** Actions that the same policies treat alike, and the result for each situation. */
interface Alike {
  readonly id: number;
  readonly about: readonly Counted[];
  readonly formulas: Map<Situation, PolicyFormulas>;
}

interface Counted extends CountedPolicy {
  readonly cached: CachedPolicy;
}

function ofAction(policies: readonly Counted[], action: CatalogueAction): readonly Counted[] {
  const head = actionOf(action);
  return policies.filter(({ policy, cached }) => cached.isOfAnyAction || isAbout(policy, "action", head));
}

/** Evaluates the policies from their own JSON, as Cedar does. */
export class Permission {
  readonly #question: Question;
  readonly #parts: Pick<Parts, "unknowns" | "cases">;
  readonly #policies: readonly Counted[];
  readonly #heads: World["heads"];
  /** Policies about the resources of a type, by type. */
  readonly #onType = new Map<string, readonly Counted[]>();
  readonly #alike = new Map<CatalogueAction, Alike>();
  /** Groups of actions, by everything that makes policies treat actions differently. */
  readonly #known = new Map<string, Alike>();
  /** Cached formulas that are valid for this question alone. */
  readonly #own = new Map<string, Formula>();
  #count = 0;

  constructor({ question, text, policies }: ReadQuestion, parts: Pick<Parts, "unknowns" | "cases" | "policies">) {
    this.#heads = () => {
      const named = text.flatMap(({ resources }) => resources.patterns);
      return [...named, `::::${question.account}`].map((arn) => arn.split(":"));
    };
    this.#question = question;
    this.#parts = parts;
    this.#policies = policies.map(({ place, policy, terms }) => {
      return { place, policy, terms, cached: parts.policies.of(policy) };
    });
  }

  of(action: CatalogueAction, situation: Situation): PolicyFormulas {
    const { about, formulas } = this.#alikeTo(action);
    return once(formulas, situation, () => this.#formulasOf(about, action, situation));
  }

  /** Returns a number that two actions share where the policies treat them alike in every situation. */
  alikeOf(action: CatalogueAction): number {
    return this.#alikeTo(action).id;
  }

  #alikeTo(action: CatalogueAction): Alike {
    return once(this.#alike, action, () => this.#madeAlike(action));
  }

  #madeAlike(action: CatalogueAction): Alike {
    const resource = resourceOf(action, this.#question.account);
    const onType = once(this.#onType, resource.type, () =>
      this.#policies.filter(({ policy }) => isAbout(policy, "resource", resource)),
    );
    // Stryker disable next-line ArrowFunction: the answer would be the same, only later
    const about = onType.every(({ cached }) => cached.isOfAnyAction) ? onType : ofAction(onType, action);
    const isNameRead = about.some(({ cached }) => cached.reads.action);
    const key = [resource.type, mints(action), isNameRead && action.name, ...about.map(({ place }) => place)].join();
    return once(this.#known, key, () => ({ id: this.#known.size, about, formulas: new Map() }));
  }

  #formulasOf(about: readonly Counted[], action: CatalogueAction, situation: Situation): PolicyFormulas {
    const names = new Map<Reads, string>();
    const formulaOf = (each: Counted) => {
      const { reads } = each.cached;
      const name = once(names, reads, () => this.#nameOf(reads, action, situation));
      return this.#formula(each, name, action, situation);
    };
    const of = (effect: StatedPolicy["effect"]) => about.filter(({ policy }) => policy.effect === effect);
    // Stryker disable next-line AssignmentOperator: any numbers do that are no number twice
    this.#count += 1;
    return {
      id: this.#count,
      permits: of("permit")
        .filter(({ terms }) => terms !== undefined && this.#isKept(terms, action, situation))
        .map(formulaOf)
        .filter((each) => each !== FALSE),
      forbids: of("forbid")
        .map((each) => ({ id: each.policy.id, counts: formulaOf(each) }))
        .filter(({ counts }) => counts !== FALSE),
    };
  }

  /**
   * True where the permit's terms permit the action in the situation. An action that issues something that outlives the
   * session needs a permit with `@outlives`. A bound permit covers calls that a service makes for the session:
   * `@bindIp` does not apply to them (SECURITY.md).
   */
  #isKept({ isNone, endsAt, isBound, outlives }: Terms, action: CatalogueAction, situation: Situation): boolean {
    const isBroken = isBound && (situation.from === "elsewhere" || this.#question.asker.boundIp === undefined);
    return !isNone && situation.atSeconds < endsAt && !isBroken && (outlives || !mints(action));
  }

  /** Returns a name for everything that a formula depends on besides the policy. */
  #nameOf(reads: Reads, action: CatalogueAction, situation: Situation): string {
    const { asker, account } = this.#question;
    return `${resourceOf(action, account).id} ${nameOfRead(reads, asker, action.name, situation)}`;
  }

  /**
   * Returns the formula of a policy. Most formulas are the same for many actions, hours, requesters and questions, and
   * are cached across proofs. A formula that depends on the ARNs of the question's text is cached for the question
   * alone.
   */
  #formula({ place, policy, cached }: Counted, name: string, action: CatalogueAction, situation: Situation): Formula {
    const ownName = `${place} ${name}`;
    const known = cached.formulaOf(name) ?? this.#own.get(ownName);
    if (known !== undefined) return known;
    let isOfQuestion = false;
    const heads = () => {
      isOfQuestion = true;
      return this.#heads();
    };
    const { unknowns, cases } = this.#parts;
    const outcome = outcomeOf(policy, worldOf(this.#question, action, heads, situation), unknowns);
    const whole = JSON.stringify([policy.id, name]);
    const made =
      policy.effect === "permit" ? permits(outcome, whole, unknowns) : counts(outcome, whole, unknowns, cases);
    // Stryker disable next-line CallExpression: the answer would be the same, only later
    if (isOfQuestion) this.#own.set(ownName, made);
    else cached.store(name, made);
    return made;
  }
}
