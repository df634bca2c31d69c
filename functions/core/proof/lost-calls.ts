import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { ALL_KEYS_KNOWN } from "./aws/keys.ts";
import { ANYWHERE } from "./behind.ts";
import { Budget, type Limits } from "./budget.ts";
import { callOf, contextOf } from "./call-of.ts";
import type { Context } from "./condition-lines.ts";
import { type Formula, TRUE } from "./diagram.ts";
import { readText, type Statement } from "./iam-text.ts";
import { literal } from "./language.ts";
import { once } from "./once.ts";
import { type Parts, PartsCache } from "./parts-cache.ts";
import { Permission } from "./permission.ts";
import type { Call, Question, Situation } from "./question.ts";
import { type ReadQuestion, readQuestion } from "./read-question.ts";
import { hasTags, type TagSource, tagSourcesOf } from "./tag-sources.ts";
import { actionsOf } from "./text-actions.ts";
import { TextReading } from "./text-allows.ts";
import type { Unknowns } from "./unknowns.ts";
import { asksForAll } from "./unnamed-calls.ts";
import { Violation } from "./violation.ts";

/** A granted pair. All that its permit permits of the pair is promised. */
export interface Promised {
  readonly action: string;
  /** In IAM's form. */
  readonly target: string;
  /** Id of the permit that granted the pair. */
  readonly permit: string;
  /** Conditions of the intent itself, in IAM's form. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

/** A call that the permit permits, no forbid forbids, and the text does not allow. */
export interface Lost {
  readonly promised: Promised;
  readonly call: Omit<Call, "objection">;
  readonly by: "no Allow" | "a Deny";
  /** State of those tags of the call's resource that policies read. */
  readonly tags: "there" | "missing" | "untold";
}

/**
 * Finds the converse of a proof's counterexamples, for people to read: promised calls that the text does not allow. The
 * calls are before the fence and from the asker's address. Returns at most one call of each kind for each pair. Calls
 * that name no resource are not promised: policy may forbid a part of their response.
 * @throws {OverBudget} @throws {Unreadable}
 */
export const lostCalls = (
  question: Question,
  promised: readonly Promised[],
  nowMs: () => number,
  limits?: Limits,
): readonly Lost[] => new Converse(readQuestion(question), new Budget(nowMs, limits)).of(promised);

class Converse {
  readonly #read: ReadQuestion;
  readonly #unknowns: Unknowns;
  readonly #parts: Parts;
  readonly #violation: Violation;
  readonly #reading: TextReading;
  readonly #permissions = new Map<string, Permission>();

  constructor(read: ReadQuestion, budget: Budget) {
    this.#read = read;
    this.#parts = new PartsCache().begin(budget);
    this.#unknowns = this.#parts.unknowns;
    this.#violation = new Violation(this.#parts);
    this.#reading = new TextReading(this.#unknowns);
  }

  of(promised: readonly Promised[]): readonly Lost[] {
    const { question, situations } = this.#read;
    const before = situations.filter(
      ({ atSeconds, from }) => from === "the asker's address" && atSeconds < question.fenceAt,
    );
    return promised.flatMap((each) => {
      const found = new Map<string, Lost>();
      for (const situation of before)
        for (const lost of this.#inSituation(each, situation)) once(found, [lost.by, lost.tags].join(), () => lost);
      return [...found.values()];
    });
  }

  #inSituation(promised: Promised, situation: Situation): readonly Lost[] {
    const { question } = this.#read;
    const statement = statementOf(promised);
    const actions = [...actionsOf([statement], question.catalogue)];
    return actions.flatMap((action) =>
      tagSourcesOf(action, promised.target).flatMap((tagSource) => {
        const context = contextOf(action, situation, tagSource, question, this.#unknowns);
        return this.#inContext(promised, statement, action, context);
      }),
    );
  }

  #inContext(promised: Promised, statement: Statement, action: CatalogueAction, context: Context): readonly Lost[] {
    const { diagram } = this.#unknowns;
    const { question, text } = this.#read;
    const anywhere = this.#violation.behind(ANYWHERE);
    const [holds] = this.#reading.met(statement, action, context, anywhere) as readonly [Formula];
    const behind = this.#violation.behind(this.#reading.place(promised.target, action));
    const { permits, forbids } = this.#permissionOf(promised.permit).of(action, context.situation);
    const unless = this.#violation.lists.of(forbids.map(({ counts }) => counts));
    const isHere = context.accountIn(literal(question.account));
    const isNamed = diagram.not(asksForAll(action, this.#unknowns));
    const isKnown = diagram.and(...ALL_KEYS_KNOWN.map((name) => this.#unknowns.open(name)));
    const permitted = diagram.and(holds, isHere, isKnown, isNamed, diagram.or(...permits));
    const about = text.filter((each) => each.appliesTo(action.name));
    const [allowed, denied] = [
      this.#reading.metBy(about, "Allow", action, context, anywhere),
      this.#reading.metBy(about, "Deny", action, context, anywhere),
    ];
    const ways = { "no Allow": diagram.not(allowed), "a Deny": diagram.and(allowed, denied) };
    const tagged = this.#tagged(diagram.or(permitted, allowed, denied, ...unless.all), context.tagSource);
    return Object.entries(ways).flatMap(([by, way]) =>
      Object.entries(tagged).flatMap(([tags, where]) => {
        const lost = diagram.and(behind.within, behind.of(diagram.and(permitted, way, where)));
        const found = this.#violation.find({ behind, where: lost, unless: [behind.ofAll(unless)] });
        if (!found?.isCertain) return [];
        const call = callOf(action, context, found, question, this.#unknowns, this.#parts.cases);
        return [{ promised, call, by: by as Lost["by"], tags: tags as Lost["tags"] }];
      }),
    );
  }

  /** Returns the formula of each possible state of the resource's tags, of those that the given formula reads. */
  #tagged(formula: Formula, tagSource: TagSource): Partial<Record<Lost["tags"], Formula>> {
    const { diagram } = this.#unknowns;
    const read = this.#parts.cases.keysIn(formula).filter((key) => key.startsWith("tag:"));
    const areThere = diagram.and(...read.map((key) => this.#unknowns.isThere(key)));
    if (read.length > 0 && !hasTags(tagSource)) return { untold: TRUE };
    return { there: areThere, missing: diagram.not(areThere) };
  }

  /** Returns the permission with this permit as the only permit, and with every forbid. */
  #permissionOf(permit: string): Permission {
    const policies = this.#read.policies.filter(({ policy: { id, effect } }) => effect === "forbid" || id === permit);
    const read = { ...this.#read, policies };
    return once(this.#permissions, permit, () => new Permission(read, this.#parts));
  }
}

/** Returns the promise as an Allow. */
function statementOf({ action, target, conditions }: Promised): Statement {
  const Statement = { Effect: "Allow", Action: action, Resource: target, Condition: conditions };
  const [statement] = readText(JSON.stringify({ Version: "2012-10-17", Statement }));
  return statement as Statement;
}
