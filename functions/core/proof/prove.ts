import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { Budget, type Limits, OverBudget } from "./budget.ts";
import { Cases } from "./cases.ts";
import { accountIn } from "./cedar-world.ts";
import { type Context, isText } from "./condition-lines.ts";
import { restOf } from "./counterexample.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { readText, type Statement, Unreadable } from "./iam-text.ts";
import type { Witness } from "./key-values.ts";
import { Languages, literal } from "./language.ts";
import { enforced, Permission } from "./permission.ts";
import type { Answer, Call, Objection, Question, Situation } from "./question.ts";
import { situationsOf, termsOf } from "./situations.ts";
import { actionsOf } from "./text-actions.ts";
import { type Applied, appliesTo, TextReading } from "./text-allows.ts";
import { type Told, toldTags } from "./told-tags.ts";
import { Unknowns } from "./unknowns.ts";
import { type Found, Violation, type Wanted } from "./violation.ts";

/** Results that later proofs use again: automata of patterns, and the cases of keys. */
export interface Kept {
  readonly languages: Languages;
  readonly values: Map<string, readonly Witness[]>;
}
export const nothingKept = (): Kept => ({ languages: new Languages(), values: new Map() });

/**
 * Proves that every call that the session policy's text allows is permitted by Cedar, until the fence and not after it (I2, I4), and allowed by the text of each task above (I3);
 * or finds a call that is not. It knows the policies, the text and AWS's and Cedar's documentation, and nothing of the compiler that made the text.
 * @param nowMs a clock for the budget; milliseconds.
 */
export function prove(question: Question, nowMs: () => number, kept = nothingKept(), limits?: Limits): Answer {
  const budget = new Budget(nowMs, limits);
  try {
    return new Proof(question, budget, kept).answer();
  } catch (error) {
    if (error instanceof OverBudget) return { verdict: "unknown", why: "budget" };
    if (error instanceof Unreadable) return { verdict: "unknown", why: error.message === "action" ? "action" : "text" };
    throw error;
  }
}

class Proof {
  readonly #question: Question;
  readonly #budget: Budget;
  readonly #unknowns: Unknowns;
  readonly #cases: Cases;
  readonly #permission: Permission;
  readonly #violation: Violation;
  readonly #reading: TextReading;
  readonly #text: readonly Statement[];
  readonly #above: readonly (readonly (readonly Statement[])[])[];
  /** Questions of which it is known that no call objects. What was found once is never kept. */
  readonly #empty = new Set<string>();
  #isUnclear = false;

  constructor(question: Question, budget: Budget, { languages, values }: Kept) {
    this.#question = question;
    this.#budget = budget;
    this.#unknowns = new Unknowns(languages, budget);
    this.#cases = new Cases(this.#unknowns, budget, values);
    this.#violation = new Violation(this.#unknowns, this.#cases, budget);
    this.#reading = new TextReading(this.#unknowns);
    this.#text = readText(question.text);
    this.#permission = new Permission(question, this.#text, this.#unknowns, this.#cases);
    this.#above = question.above.map((texts) => texts.map(readText));
  }

  answer(): Answer {
    const terms = enforced(this.#question)
      .filter(({ effect }) => effect === "permit")
      .map((policy) => termsOf(policy, this.#question));
    const situations = situationsOf(this.#question, [this.#text, ...this.#above.flat()], terms);
    for (const action of actionsOf(this.#text, this.#question.catalogue)) {
      const about = this.#text.filter((statement) => appliesTo(statement, action));
      for (const situation of situations) {
        this.#budget.time();
        const call = this.#against(action, about, situation);
        if (call) return { verdict: "counterexample", call };
      }
    }
    return this.#isUnclear ? { verdict: "unknown", why: "policy" } : { verdict: "proven" };
  }

  /** A call of the action in that situation that is allowed and may not be; nothing where there is none. */
  #against(action: CatalogueAction, about: readonly Statement[], situation: Situation): Call | undefined {
    const cedars = this.#cedarsObjections(action, situation);
    const above = this.#above.flat(2).filter((statement) => appliesTo(statement, action));
    const readsTags = [...about, ...above].some(({ conditions }) => conditions.some(({ key }) => key.includes("/")));
    for (const allow of about.filter(({ effect }) => effect === "Allow")) {
      const { isNot, patterns } = allow.resources;
      for (const [place, pattern] of (isNot ? [undefined] : patterns).entries()) {
        for (const told of readsTags ? toldTags(action, pattern) : NOT_TOLD) {
          const call = this.#inResource(action, about, allow, place, this.#context(action, situation, told), cedars);
          if (call) return call;
        }
      }
    }
    return undefined;
  }

  /** The same of one resource of one Allow, where AWS tells its tags in that way. */
  #inResource(
    action: CatalogueAction,
    about: readonly Statement[],
    allow: Statement,
    place: number,
    context: Context,
    cedars: readonly Against[],
  ): Call | undefined {
    const { pattern, holds } = this.#reading.applied(allow, action, context)[place] as Applied;
    if (holds === FALSE) return undefined;
    const denies = about
      .filter(({ effect }) => effect === "Deny")
      .flatMap((deny) => this.#reading.applied(deny, action, context).map((each) => each.holds));
    for (const each of [...cedars, ...this.#aboves(action, context)]) {
      const where = this.#unknowns.diagram.and(holds, each.holds);
      const found = this.#look({ pattern, where, unless: [...denies, ...each.unless] });
      if (found?.isCertain) return this.#call(action, context, each.objection, found);
    }
    return undefined;
  }

  /** Most actions of a statement ask the same. The pattern is part of what has to hold. */
  #look(wanted: Wanted): Found | undefined {
    const key = `${wanted.where} unless ${wanted.unless.join()}`;
    if (this.#empty.has(key)) return undefined;
    const found = this.#violation.find(wanted);
    if (found === undefined) this.#empty.add(key);
    else if (!found.isCertain) this.#isUnclear = true;
    return found;
  }

  #cedarsObjections(action: CatalogueAction, situation: Situation): readonly Against[] {
    if (situation.atSeconds >= this.#question.fenceAt)
      return [{ objection: "after the fence", holds: TRUE, unless: [] }];
    const { permits, forbids } = this.#permission.of(action, situation);
    const counted = this.#unknowns.diagram.not(this.#besides(action));
    return [
      { objection: "no permit", holds: counted, unless: permits },
      ...forbids.map(({ id, counts }) => ({
        objection: { forbid: id },
        holds: this.#unknowns.diagram.and(counted, counts),
        unless: [],
      })),
    ];
  }

  /** Formula of the secrets that the session may read beside its pairs: policy permitted them as `secret:Read`. */
  #besides({ name }: CatalogueAction): Formula {
    const { reads } = this.#question;
    const { languages, diagram } = this.#unknowns;
    const arns = name === "secretsmanager:GetSecretValue" ? reads : [];
    return diagram.or(...arns.map((arn) => this.#unknowns.arn(languages.of(literal(arn)))));
  }

  #aboves(action: CatalogueAction, context: Context): readonly Against[] {
    return this.#above.map((texts) => ({
      objection: "beyond the task above",
      holds: this.#unknowns.diagram.not(this.#reading.allowedBy(texts, action, context)),
      unless: [],
    }));
  }

  #context({ resourceTypes }: CatalogueAction, situation: Situation, told: Told): Context {
    const { account, asker } = this.#question;
    const accountOf =
      resourceTypes.length === 0
        ? isText(account, this.#unknowns)
        : (tokens: readonly number[]) => accountIn(tokens, this.#unknowns);
    return { situation, told, boundIp: asker.boundIp, accountIn: accountOf };
  }

  #call(action: CatalogueAction, { situation, told }: Context, objection: Objection, { arn, rest }: Found): Call {
    const { account, ...chosen } = restOf(rest, this.#unknowns, this.#cases);
    const resource = action.resourceTypes.length > 0 ? String.fromCodePoint(...arn) : "*";
    return {
      action: action.name,
      resource,
      account: resource.split(":")[4] || (account ?? this.#question.account),
      ...chosen,
      told,
      atSeconds: situation.atSeconds,
      from: situation.isFromAsker ? "the asker's address" : "elsewhere",
      objection,
    };
  }
}

const NOT_TOLD: readonly Told[] = ["none"];

interface Against {
  readonly objection: Objection;
  /** Formula of the calls that the objection is about. */
  readonly holds: Formula;
  /** Formulas of the calls to which the objection does not apply after all. */
  readonly unless: readonly Formula[];
}
