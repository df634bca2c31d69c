import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { ANYWHERE, type Behind, type Place, placeOf } from "./behind.ts";
import { type Context, conditionOf } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { doubtOf, isPlain, resourcePattern } from "./iam-pattern.ts";
import type { Line, Statement } from "./iam-text.ts";
import { namesNone } from "./iam-variants.ts";
import type { Pattern } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** Reads statements as formulas. Each statement is read once for all calls between which it does not distinguish. */
export class TextReading {
  readonly #unknowns: Unknowns;
  readonly #known = new Map<Statement, Reading>();
  readonly #resources = new Map<string, Resource>();
  readonly #places = new Map<string, Place>();

  constructor(unknowns: Unknowns) {
    this.#unknowns = unknowns;
  }

  /** Returns the place of an Allow's resource: every ARN where the Allow uses `NotResource`, or the call has no ARN. */
  place(pattern: string | undefined, action: CatalogueAction): Place {
    if (pattern === undefined || onOf(action) !== "an ARN") return ANYWHERE;
    return once(this.#places, pattern, () => placeOf(this.#resource(pattern).pattern));
  }

  /**
   * Returns the formulas, behind a head, of the calls that meet the statement: one for each resource, or one for
   * `NotResource`. The statement must apply to the action.
   */
  met(statement: Statement, action: CatalogueAction, context: Context, behind: Behind): readonly Formula[] {
    const on = onOf(action);
    const { condition, known } = this.#conditioned(statement, on, context);
    return once(known, behind, () => this.#built(statement, on, condition, behind));
  }

  /** True where every call of the action is known to meet the statement. The statement must apply to the action. */
  // Stryker disable next-line BlockStatement: the answer would be the same, only later
  isMetByAll(statement: Statement, action: CatalogueAction, context: Context): boolean {
    const { isNot, patterns } = statement.resources;
    // Stryker disable next-line ConditionalExpression,StringLiteral: the answer would be the same, only later
    if (isNot || !patterns.includes("*")) return false;
    return this.#conditioned(statement, onOf(action), context).condition === TRUE;
  }

  /**
   * Returns the formula, behind a head, of the calls that one of the texts allows. Such a call meets an Allow of the
   * text, and none of its Denies. The statements must apply to the action.
   */
  allowedBy(
    texts: readonly (readonly Statement[])[],
    action: CatalogueAction,
    context: Context,
    behind: Behind,
  ): Formula {
    const { diagram } = this.#unknowns;
    const met = (statements: readonly Statement[], effect: Statement["effect"]) =>
      this.metBy(statements, effect, action, context, behind);
    return diagram.or(...texts.map((each) => diagram.and(met(each, "Allow"), diagram.not(met(each, "Deny")))));
  }

  /**
   * Returns the formula, behind a head, of the calls that meet a statement with that effect. The statements must apply
   * to the action.
   */
  metBy(
    statements: readonly Statement[],
    effect: Statement["effect"],
    action: CatalogueAction,
    context: Context,
    behind: Behind,
  ): Formula {
    const met = statements
      .filter((each) => each.effect === effect)
      .flatMap((each) => this.met(each, action, context, behind));
    return this.#unknowns.diagram.or(...met);
  }

  #conditioned(statement: Statement, on: On, context: Context): Conditioned {
    const reading = once(this.#known, statement, () => readingOf(statement));
    return once(reading[on], contextAsRead(reading, context), () => ({
      condition: conditionOf(statement, context, this.#unknowns),
      known: new Map(),
    }));
  }

  #built(
    { resources: { isNot, patterns } }: Statement,
    on: On,
    condition: Formula,
    behind: Behind,
  ): readonly Formula[] {
    const { diagram } = this.#unknowns;
    const where = behind.of(condition);
    const named = patterns.map((text) => (on === "an ARN" ? this.arns(text, behind) : this.#none(text, on)));
    if (isNot) return [diagram.and(where, diagram.not(diagram.or(...named)))];
    return named.map((each) => diagram.and(where, each));
  }

  /**
   * Returns the formula, behind a head, of the ARNs that a Resource names. An open condition decides where AWS may read
   * the Resource in two ways. All texts share that condition.
   */
  arns(text: string, behind: Behind): Formula {
    const { pattern, doubt } = this.#resource(text);
    const arns = behind.arns(pattern);
    return doubt === undefined ? arns : this.#unknowns.diagram.and(arns, this.#unknowns.open(doubt));
  }

  #resource(text: string): Resource {
    return once(this.#resources, text, () => {
      // All proofs share the pattern of a text with wildcards.
      const pattern = isPlain(text)
        ? resourcePattern(text)
        : this.#unknowns.languages.read(text, () => resourcePattern(text));
      return { pattern, doubt: doubtOf(text) };
    });
  }

  /**
   * Returns the formula of the calls without a resource that a Resource covers. IAM evaluates such a call on `*`. For
   * an action without resource types IAM may also use an ARN with a star, although the documentation mentions none. S3
   * lists all buckets for an Allow on `arn:aws:s3:::*`.
   */
  #none(text: string, on: On): Formula {
    if (text === "*") return TRUE;
    return on === "all" || (isPlain(text) && doubtOf(text) === undefined)
      ? FALSE
      : this.#unknowns.open(`a call of none is one of ${text}`);
  }
}

/** A Resource of a statement, as read. */
interface Resource {
  readonly pattern: Pattern;
  /** Name of the open condition under which the Resource names its ARNs, if there is one. */
  readonly doubt: string | undefined;
}

/** A statement in one context: the formula of its condition, and the formulas of the calls that meet it, by head. */
interface Conditioned {
  readonly condition: Formula;
  readonly known: Map<Behind, readonly Formula[]>;
}

/**
 * Resource of a call: an ARN; `all` where the action has resource types and the call names none; `nothing` where the
 * action has no resource types.
 */
type On = "an ARN" | "all" | "nothing";

const onOf = (action: CatalogueAction): On =>
  namesNone(action) ? "all" : action.resourceTypes.length > 0 ? "an ARN" : "nothing";

/** Parts of a context that a statement reads, and the statement's formulas by their values. */
interface Reading extends Readonly<Record<On, Map<string, Conditioned>>> {
  readonly readsTags: boolean;
  readonly readsSituation: boolean;
}

/** Returns a name for the parts of the context that the statement reads; empty where it reads none. */
function contextAsRead({ readsTags, readsSituation }: Reading, { tagSource, situation }: Context): string {
  // Stryker disable next-line ConditionalExpression,StringLiteral: a longer name says as much
  if (!readsTags) return readsSituation ? situation.text : "";
  return readsSituation ? `${tagSource} ${situation.text}` : tagSource;
}

const readingOf = ({ conditions }: Statement): Reading => ({
  readsTags: conditions.some(readsTags),
  readsSituation: conditions.some(({ key }) => OF_SITUATIONS.has(key.toLowerCase())),
  "an ARN": new Map(),
  all: new Map(),
  nothing: new Map(),
});

const OF_SITUATIONS = new Set(["aws:currenttime", "aws:sourceip", "aws:viaawsservice"]);

/** True where the line may be about a tag of the resource. Only the keys of tags have a slash. */
export const readsTags = ({ key }: Line): boolean => key.includes("/");
