import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { namesNone } from "./asked-on.ts";
import { ANYWHERE, type Behind, type Place } from "./behind.ts";
import { type Context, conditionOf } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { doubtOf, isPlain, resourcePattern } from "./iam-pattern.ts";
import type { Line, Statement } from "./iam-text.ts";
import { literalLength, type Pattern } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** Reads statements as formulas, each once for all that makes a difference to it. */
export class TextReading {
  readonly #unknowns: Unknowns;
  readonly #known = new Map<Statement, Reading>();
  readonly #resources = new Map<string, Resource>();
  readonly #places = new Map<string, Place>();

  constructor(unknowns: Unknowns) {
    this.#unknowns = unknowns;
  }

  /** The ARNs of a resource that an Allow names: any where it names those that it is not about, or the action has none. */
  place(pattern: string | undefined, action: CatalogueAction): Place {
    if (pattern === undefined || onOf(action) !== "an ARN") return ANYWHERE;
    return once(this.#places, pattern, () => placeOf(this.#resource(pattern).pattern));
  }

  /** Formulas, behind a head, of the calls that meet the statement, one for each of its resources. The statement must be about the action. */
  met(statement: Statement, action: CatalogueAction, context: Context, behind: Behind): readonly Formula[] {
    const on = onOf(action);
    const { condition, known } = this.#conditioned(statement, on, context);
    return once(known, behind, () => this.#built(statement, on, condition, behind));
  }

  /** True where every call of the action meets the statement. The statement must be about the action. */
  // Stryker disable next-line BlockStatement: the answer would be the same, only later
  isMetByAll(statement: Statement, action: CatalogueAction, context: Context): boolean {
    const { isNot, patterns } = statement.resources;
    // Stryker disable next-line ConditionalExpression,StringLiteral: the answer would be the same, only later
    if (isNot || !patterns.includes("*")) return false;
    return this.#conditioned(statement, onOf(action), context).condition === TRUE;
  }

  /** Formula, behind a head, of the calls that one of the texts allows: an Allow of the text is met, and none of its Denies is. The statements must be about the action. */
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

  /** Formula, behind a head, of the calls that meet a statement with that effect. The statements must be about the action. */
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

  /** Formula, behind a head, of the ARNs that a Resource names. Where AWS may read the Resource in two ways, these are the same ways for each text. */
  arns(text: string, behind: Behind): Formula {
    const { pattern, doubt } = this.#resource(text);
    const arns = behind.arns(pattern);
    return doubt === undefined ? arns : this.#unknowns.diagram.and(arns, this.#unknowns.open(doubt));
  }

  #resource(text: string): Resource {
    return once(this.#resources, text, () => {
      // Each text with wildcards is read once for all proofs.
      const pattern = isPlain(text)
        ? resourcePattern(text)
        : this.#unknowns.languages.read(text, () => resourcePattern(text));
      return { pattern, doubt: doubtOf(text) };
    });
  }

  /**
   * Formula of the calls without a resource that a Resource is about. IAM is asked about `*`; and of actions without resource types perhaps about an ARN with a star, though the
   * documentation says so of none: S3 lists all buckets for an Allow on `arn:aws:s3:::*`.
   */
  #none(text: string, on: On): Formula {
    if (text === "*") return TRUE;
    return on === "all" || (isPlain(text) && doubtOf(text) === undefined)
      ? FALSE
      : this.#unknowns.open(`a call of none is one of ${text}`);
  }
}

/** A Resource as it was read. */
interface Resource {
  readonly pattern: Pattern;
  /** Name of the condition under which it names its ARNs, if there is one. */
  readonly doubt: string | undefined;
}

/** The ARNs of a pattern, by their literal head. */
function placeOf(pattern: Pattern): Place {
  const length = literalLength(pattern);
  return { head: pattern.slice(0, length), isWhole: length === pattern.length };
}

/** A statement in one context: the formula of its condition, and those of the calls that meet it, by the head that they are behind. */
interface Conditioned {
  readonly condition: Formula;
  readonly known: Map<Behind, readonly Formula[]>;
}

/** Resource of a call: an ARN; all, where a call names none of the action's; or nothing, where the action has none. */
type On = "an ARN" | "all" | "nothing";

const onOf = (action: CatalogueAction): On =>
  namesNone(action) ? "all" : action.resourceTypes.length > 0 ? "an ARN" : "nothing";

/** All that makes a difference to a statement, and its formulas by that. */
interface Reading extends Readonly<Record<On, Map<string, Conditioned>>> {
  readonly readsTags: boolean;
  readonly readsSituation: boolean;
}

/** Name for all of the context that makes a difference to the statement: one without conditions says the same in each. */
function contextAsRead({ readsTags, readsSituation }: Reading, { told, situation }: Context): string {
  // Stryker disable next-line ConditionalExpression,StringLiteral: a longer name says as much
  if (!readsTags) return readsSituation ? situation.text : "";
  return readsSituation ? `${told} ${situation.text}` : told;
}

const readingOf = ({ conditions }: Statement): Reading => ({
  readsTags: conditions.some(readsTags),
  readsSituation: conditions.some(({ key }) => OF_SITUATIONS.has(key.toLowerCase())),
  "an ARN": new Map(),
  all: new Map(),
  nothing: new Map(),
});

const OF_SITUATIONS = new Set(["aws:currenttime", "aws:sourceip", "aws:viaawsservice"]);

/** True where the line may be about a tag of the resource: the keys of tags alone have a slash. */
export const readsTags = ({ key }: Line): boolean => key.includes("/");
