import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { About } from "./about.ts";
import { type Allowed, ApplyingStatements } from "./applying.ts";
import { ANYWHERE, type Behind } from "./behind.ts";
import { Budget, type Limits, OverBudget } from "./budget.ts";
import { callOf, contextOf } from "./call-of.ts";
import type { Cases } from "./cases.ts";
import { type Context, withoutCase } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import type { Formulas } from "./formulas.ts";
import { isOpenEnded } from "./held-statement.ts";
import { Unreadable } from "./iam-text.ts";
import { iamVariants, namesNone } from "./iam-variants.ts";
import { literal } from "./language.ts";
import { AFTER_THE_FENCE, type Against } from "./objections.ts";
import { once } from "./once.ts";
import { type Parts, PartsCache } from "./parts-cache.ts";
import { Permission, type PolicyFormulas } from "./permission.ts";
import type { Answer, Call, Question, Situation } from "./question.ts";
import { type ReadQuestion, readQuestion } from "./read-question.ts";
import { type TagSource, tagSourcesOf } from "./tag-sources.ts";
import { actionsOf } from "./text-actions.ts";
import { TextReading } from "./text-allows.ts";
import type { Unknowns } from "./unknowns.ts";
import { callsBelow, mayAllowUnnamed, type UnnamedCalls, unnamedBelow, unnamedCalls } from "./unnamed-calls.ts";
import { type Found, Violation, type Wanted } from "./violation.ts";

/** Returns an empty cache for the parts that proofs share. */
export const emptyCache = (): PartsCache => new PartsCache();

/**
 * Proves a session policy, or finds a call that it wrongly allows. Proven: until the fence, Cedar permits every call
 * that the text allows (I2), and the text of each task above allows it (I3); after the fence the text allows no call
 * (I4). The proof knows the policies, the text and the documentation of AWS and Cedar. It does not know the compiler
 * that made the text.
 * @param nowMs a clock for the budget; milliseconds.
 */
export function prove(question: Question, nowMs: () => number, cache = emptyCache(), limits?: Limits): Answer {
  return proveWithin(question, new Budget(nowMs, limits), cache);
}

/** Proves a session policy within the budget that is left. Unlike `prove`, several proofs may share the budget. */
export const proveWithin = (question: Question, budget: Budget, cache: PartsCache): Answer =>
  orUnknown(() => proveRead(readQuestion(question), budget, cache));

/**
 * Proves a question that is read already. Drops the cache where the proof exceeds its budget: an agent chooses what
 * such a proof adds. @throws {OverBudget} @throws {Unreadable} for an action that the catalogue does not know.
 */
export function proveRead(read: ReadQuestion, budget: Budget, cache: PartsCache): Answer {
  const { policies, question } = read;
  budget.allow({ policies: policies.length, texts: [question.text, ...question.above.flat()] });
  try {
    return new Proof(read, budget, cache.begin(budget)).answer();
  } catch (error) {
    if (error instanceof OverBudget) cache.drop();
    throw error;
  }
}

/** Returns the answer: `unknown` where the proof exceeds its budget or a part of the question is unreadable. */
export function orUnknown(answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof OverBudget) return { verdict: "unknown", why: "budget" };
    if (error instanceof Unreadable) return { verdict: "unknown", why: unreadableOf(error) };
    throw error;
  }
}

const unreadableOf = ({ message }: Unreadable) => (message === "action" || message === "policy" ? message : "text");

class Proof {
  readonly #read: ReadQuestion;
  readonly #budget: Budget;
  readonly #parts: Parts;
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #permission: Permission;
  readonly #violation: Violation;
  readonly #reading: TextReading;
  readonly #isNever: (action: string) => boolean;
  readonly #applying: ApplyingStatements;
  readonly #isOfUnnamed: boolean;
  readonly #objections = new Map<string, readonly Against[]>();
  /** Searches without a result. A search with a result is never cached: it ends the proof, or leaves it unknown. */
  readonly #empty = new Set<string>();
  /**
   * Keys of actions without a counterexample. `#isUnclear` covers those whose only findings depend on something
   * unclear.
   */
  readonly #emptyActions = new Set<string>();
  #isUnclear = false;

  constructor(read: ReadQuestion, budget: Budget, parts: Parts) {
    this.#read = read;
    this.#budget = budget;
    this.#parts = parts;
    this.#unknowns = parts.unknowns;
    this.#cases = parts.cases;
    this.#violation = new Violation(parts);
    this.#reading = new TextReading(parts.unknowns);
    this.#isNever = parts.matchers.of(read.question.never);
    this.#permission = new Permission(read, parts);
    this.#applying = new ApplyingStatements(read);
    this.#isOfUnnamed = read.text.some(mayAllowUnnamed);
  }

  answer(): Answer {
    const { text, question } = this.#read;
    for (const action of iamVariants(actionsOf(text, question.catalogue), text)) {
      for (const unnamed of [undefined, ...this.#unnamedOf(action)]) {
        this.#budget.situation();
        const about = this.#aboutOf(action, unnamed);
        // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
        if (this.#emptyActions.has(about.key)) continue;
        const call = this.#inAnySituation(about);
        if (call) return { verdict: "counterexample", call };
        // Stryker disable next-line CallExpression: the answer would be the same, only later
        this.#emptyActions.add(about.key);
      }
    }
    if (text.some(isOpenEnded)) return { verdict: "unknown", why: "action" };
    return this.#isUnclear ? { verdict: "unknown", why: "policy" } : { verdict: "proven" };
  }

  #unnamedOf(action: CatalogueAction): readonly UnnamedCalls[] {
    const allows = this.#read.text.filter(({ effect, appliesTo }) => effect === "Allow" && appliesTo(action.name));
    const below = namesNone(action) ? [] : callsBelow(action, allows, this.#unknowns);
    // Stryker disable next-line ConditionalExpression,LogicalOperator: the answer would be the same, only later
    if (!this.#isOfUnnamed || namesNone(action)) return below;
    const own = once(this.#parts.unnamed, action, () => unnamedCalls(action, this.#unknowns));
    if (own.length === 0) return below;
    return [...own, ...unnamedBelow(action, allows, this.#unknowns), ...below];
  }

  /**
   * @param unnamed calls that name no resource. The resources in their response are checked against Cedar alone: the
   * calls themselves are checked against the intent and the tasks above.
   */
  #aboutOf(action: CatalogueAction, unnamed?: UnnamedCalls): About {
    const applying = this.#applying.to(action, unnamed);
    const tagSources = applying.allowed.map(({ pattern }) =>
      applying.areTagsRead && !unnamed ? tagSourcesOf(action, pattern) : NO_TAGS,
    );
    const nevers = unnamed ? [] : this.#nevers(action);
    const cedars = [this.#permission.alikeOf(action), this.#besides(action)];
    const never = nevers.flatMap(({ unless }) => unless.map(({ id }) => id));
    const key = JSON.stringify([
      namesNone(action),
      applying.id,
      unnamed?.isOfType,
      unnamed?.isBelow,
      cedars,
      never,
      tagSources,
    ]);
    return { action, unnamed, applying, tagSources, nevers, key };
  }

  /** Returns a call of the action that the text allows and must not allow; undefined where there is none. */
  #inAnySituation(about: About): Call | undefined {
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (about.applying.allowed.length === 0) return undefined;
    for (const situation of this.#read.situations) {
      this.#budget.situation();
      const call = this.#inSituation(about, situation);
      if (call) return call;
    }
    return undefined;
  }

  #inSituation(about: About, situation: Situation): Call | undefined {
    const against = [...this.#cedarsObjections(about.action, situation), ...about.nevers];
    for (const tagSource of new Set(about.tagSources.flat())) {
      const context = contextOf(about.action, situation, tagSource, this.#read.question, this.#unknowns);
      const call = this.#inContext(about, context, against);
      if (call) return call;
    }
    return undefined;
  }

  /** Looks for such a call with the tags from one source. */
  #inContext(about: About, context: Context, cedars: readonly Against[]): Call | undefined {
    const { action, applying, tagSources } = about;
    // Stryker disable next-line ConditionalExpression,ArrowFunction: the answer would be the same, only later
    if (applying.denies.some((deny) => this.#reading.isMetByAll(deny, action, context))) return undefined;
    for (const [index, allowed] of applying.allowed.entries()) {
      if (!(tagSources[index] as readonly TagSource[]).includes(context.tagSource)) continue;
      const behind = this.#violation.behind(this.#reading.place(allowed.pattern, action));
      const call = this.#onResource(about, allowed, context, behind, cedars);
      if (call) return call;
    }
    return undefined;
  }

  /** Looks for such a call on one resource of an Allow, by formulas behind its literal head. */
  #onResource(
    about: About,
    { allow, place }: Allowed,
    context: Context,
    behind: Behind,
    cedars: readonly Against[],
  ): Call | undefined {
    const { action, applying, unnamed } = about;
    const { diagram } = this.#unknowns;
    const allowed = this.#reading.met(allow, action, context, behind)[place] as Formula;
    const here = diagram.and(behind.within, allowed, unnamed === undefined ? TRUE : behind.of(unnamed.isOfType));
    const denied = this.#list(applying.denies.flatMap((deny) => this.#reading.met(deny, action, context, behind)));
    const beyond = unnamed ? [] : this.#beyond(about, context, behind);
    for (const { objection, holds, unless } of [...cedars.map((each) => this.#at(each, behind)), ...beyond]) {
      this.#budget.objection();
      if (unnamed?.isBelow && objection === "no permit") continue;
      // A Deny with this very formula excludes every call to which the objection applies.
      // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
      if (denied.all.has(holds)) continue;
      const found = this.#look({ behind, where: diagram.and(here, holds), unless: [...unless, denied] });
      if (!found?.isCertain) continue;
      const { question } = this.#read;
      return { ...callOf(action, context, found, question, this.#unknowns, this.#cases, unnamed), objection };
    }
    return undefined;
  }

  /** Restricts the objection to the ARNs behind the head. */
  #at(against: Against, behind: Behind): Against {
    const { objection, holds, unless } = against;
    const untagged = this.#untagged(against);
    return {
      objection,
      holds: behind.of(this.#unknowns.diagram.and(holds, ...untagged)),
      unless: unless.map((list) => behind.ofAll(list)),
    };
  }

  /** For tags that are spelled in another case: formulas under which the objection's policies see no tag. */
  #untagged({ holds, unless }: Against): readonly Formula[] {
    if (this.#read.question.spelling === undefined) return [];
    const { diagram } = this.#unknowns;
    const formulas = [holds, ...unless.flatMap(({ all }) => [...all])];
    const read = new Set(formulas.flatMap((each) => this.#cases.keysIn(each)));
    return [...read].filter((key) => key.startsWith("tag:")).map((key) => diagram.not(this.#unknowns.isThere(key)));
  }

  /** Searches once for each formula of an ARN's rest, whatever the head. */
  #look(wanted: Wanted): Found | undefined {
    const key = `${wanted.where} unless ${wanted.unless.map(({ id }) => id).join()}`;
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (this.#empty.has(key)) return undefined;
    const found = this.#violation.find(wanted);
    // Stryker disable next-line CallExpression,ConditionalExpression,EqualityOperator: what is found ends the proof, or leaves it unknown for good
    if (found === undefined) this.#empty.add(key);
    this.#isUnclear ||= found?.isCertain === false;
    return found;
  }

  #list(formulas: Iterable<Formula>): Formulas {
    return this.#violation.lists.of(formulas);
  }

  /** Returns the policies' objections, which actions share that the policies treat alike. */
  #cedarsObjections(action: CatalogueAction, situation: Situation): readonly Against[] {
    if (situation.atSeconds >= this.#read.question.fenceAt) return AFTER_THE_FENCE;
    const formulas = this.#permission.of(action, situation);
    const besides = this.#besides(action);
    return once(this.#objections, `${formulas.id} ${besides}`, () => this.#objectionsOf(formulas, besides));
  }

  #objectionsOf({ permits, forbids }: PolicyFormulas, besides: Formula): readonly Against[] {
    const { diagram } = this.#unknowns;
    const counted = diagram.not(besides);
    return [
      { objection: "no permit", holds: counted, unless: [this.#list(permits)] },
      ...forbids.map(({ id, counts }): Against => {
        return { objection: { forbid: id }, holds: diagram.and(counted, counts), unless: [] };
      }),
    ];
  }

  /** Formula of the secrets that the session may read in addition to its pairs, as `secret:Read` permits. */
  #besides({ name }: CatalogueAction): Formula {
    const { reads } = this.#read.question;
    const { languages, diagram } = this.#unknowns;
    if (name !== "secretsmanager:GetSecretValue") return FALSE;
    return diagram.or(...reads.map((arn) => this.#unknowns.arn(languages.of(literal(arn)))));
  }

  /** Objects to an action that no task may do, outside its exceptions of resource and condition key. */
  #nevers({ name }: CatalogueAction): readonly Against[] {
    if (!this.#isNever(name)) return [];
    const { exceptions } = this.#read.question;
    const anywhere = this.#violation.behind(ANYWHERE);
    const { languages, diagram } = this.#unknowns;
    const within = exceptions
      .filter(({ action }) => action === name)
      .map(({ resources, only }) => {
        const where = diagram.or(...resources.map((text) => this.#reading.arns(text, anywhere)));
        if (only === undefined) return where;
        const key = `iam:${withoutCase(only.key)}`;
        const states = only.values.map((value) => languages.of(literal(value)));
        return diagram.and(where, diagram.or(...states.map((state) => this.#unknowns.key(key, state))));
      });
    return [{ objection: "no task may do it", holds: TRUE, unless: [this.#list(within)] }];
  }

  /** Returns the objections, behind the head, to calls beyond a bound or beyond a task above. */
  #beyond({ action, applying: { bounds, above } }: About, context: Context, behind: Behind): readonly Against[] {
    const { diagram } = this.#unknowns;
    const outside = behind.of(diagram.not(this.#besides(action)));
    return [
      ...bounds.map(({ objection, statements }): Against => {
        const within = this.#list(statements.flatMap((each) => this.#reading.met(each, action, context, behind)));
        return { objection, holds: outside, unless: [within] };
      }),
      ...above.map((texts): Against => {
        const holds = diagram.not(this.#reading.allowedBy(texts, action, context, behind));
        return { objection: "beyond the task above", holds, unless: [] };
      }),
    ];
  }
}

const NO_TAGS: readonly TagSource[] = ["none"];
