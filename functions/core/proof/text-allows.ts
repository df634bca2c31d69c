import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { namesNone } from "./asked-on.ts";
import type { Place } from "./behind.ts";
import { type Context, conditionOf } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { doubtOf, isPlain, resourcePattern } from "./iam-pattern.ts";
import type { Line, Statement } from "./iam-text.ts";
import { ANY, literalLength, type Pattern } from "./language.ts";
import { once } from "./once.ts";
import type { Unknowns } from "./unknowns.ts";

/** One of the resources that a statement names, and where it says what it says of it. */
export interface Applied {
  /** Any ARN where the resource is no pattern for ARNs. */
  readonly pattern: Pattern;
  /** Formula of the calls that meet the statement's resource and condition. */
  readonly holds: Formula;
}

/** Reads statements as formulas, each once for all that makes a difference to it. */
export class TextReading {
  readonly #unknowns: Unknowns;
  readonly #known = new Map<Statement, Reading>();
  readonly #places = new Map<Pattern, Place>();
  readonly #names = new Map<string, Applied>();

  constructor(unknowns: Unknowns) {
    this.#unknowns = unknowns;
  }

  /** Formulas of the calls that meet the statement, one for each of its resources. The statement must be about the action. */
  applied(statement: Statement, action: CatalogueAction, context: Context): readonly Applied[] {
    const reading = once(this.#known, statement, () => readingOf(statement));
    const on = namesNone(action) ? "all" : action.resourceTypes.length > 0 ? "an ARN" : "nothing";
    return once(reading[on], contextAsRead(reading, context), () => this.#built(statement, on, context));
  }

  /** Formula of the calls that one of the texts allows: an Allow of the text is met, and none of its Denies is. The statements must be about the action. */
  allowedBy(texts: readonly (readonly Statement[])[], action: CatalogueAction, context: Context): Formula {
    const { diagram } = this.#unknowns;
    const met = (statements: readonly Statement[], effect: Statement["effect"]) =>
      this.metBy(statements, effect, action, context);
    return diagram.or(...texts.map((each) => diagram.and(met(each, "Allow"), diagram.not(met(each, "Deny")))));
  }

  /** Formula of the calls that meet a statement with that effect. The statements must be about the action. */
  metBy(
    statements: readonly Statement[],
    effect: Statement["effect"],
    action: CatalogueAction,
    context: Context,
  ): Formula {
    const met = statements
      .filter((each) => each.effect === effect)
      .flatMap((each) => this.applied(each, action, context).map(({ holds }) => holds));
    return this.#unknowns.diagram.or(...met);
  }

  #built(statement: Statement, on: On, context: Context): readonly Applied[] {
    const { diagram } = this.#unknowns;
    const { isNot, patterns } = statement.resources;
    const condition = conditionOf(statement, context, this.#unknowns);
    const all = patterns.map((text) => {
      if (on === "an ARN") {
        const { pattern, holds } = this.#named(text);
        return { pattern, holds: diagram.and(condition, holds) };
      }
      return { pattern: ANY, holds: diagram.and(condition, this.#none(text, on)) };
    });
    if (!isNot) return all;
    const holds = diagram.and(condition, diagram.not(diagram.or(...all.map((each) => each.holds))));
    return [{ pattern: ANY, holds }];
  }

  /** Formula of the ARNs that a Resource names. Where AWS may read the Resource in two ways, these are the same ways for each text. */
  arns = (text: string): Formula => this.#named(text).holds;

  #named(text: string): Applied {
    return once(this.#names, text, () => {
      const { diagram, languages } = this.#unknowns;
      // Each text with wildcards is read once for all proofs.
      const pattern = isPlain(text) ? resourcePattern(text) : languages.read(text, () => resourcePattern(text));
      const arns = this.#unknowns.arn(languages.of(pattern));
      const doubt = doubtOf(text);
      return { pattern, holds: doubt === undefined ? arns : diagram.and(arns, this.#unknowns.open(doubt)) };
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

  /** The ARNs of a pattern, by their literal head. */
  place({ pattern }: Applied): Place {
    return once(this.#places, pattern, () => {
      const length = literalLength(pattern);
      return { head: pattern.slice(0, length), isWhole: length === pattern.length };
    });
  }
}

/** Resource of a call: an ARN; all, where a call names none of the action's; or nothing, where the action has none. */
type On = "an ARN" | "all" | "nothing";

/** All that makes a difference to a statement, and its formulas by that. */
interface Reading extends Readonly<Record<On, Map<string, readonly Applied[]>>> {
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
