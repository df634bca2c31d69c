import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Place } from "./behind.ts";
import { type Context, conditionOf } from "./condition-lines.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { resourcePattern } from "./iam-pattern.ts";
import { type Line, readAs, type Statement } from "./iam-text.ts";
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

  constructor(unknowns: Unknowns) {
    this.#unknowns = unknowns;
  }

  /** Formulas of the calls that meet the statement, one for each of its resources. The statement must be about the action. */
  applied(statement: Statement, { resourceTypes }: CatalogueAction, context: Context): readonly Applied[] {
    const hasTypes = resourceTypes.length > 0;
    const { situation, told } = context;
    const reading = once(this.#known, statement, () => readingOf(statement));
    // A statement without conditions says the same whatever the context is.
    const key = [hasTypes, reading.readsTags && told, reading.readsSituation && situation.text].join();
    return once(reading.made, key, () => this.#built(statement, hasTypes, context));
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

  #built(statement: Statement, hasTypes: boolean, context: Context): readonly Applied[] {
    const { diagram, languages } = this.#unknowns;
    const { isNot, patterns } = statement.resources;
    const condition = conditionOf(statement, context, this.#unknowns);
    const read = readAs(statement);
    const all = patterns.map((text) => {
      const named = hasTypes ? languages.read(`${read} ${text}`, () => resourcePattern(text, read)) : undefined;
      if (named !== undefined) return { pattern: named, holds: this.#unknowns.arn(languages.of(named)) };
      // An action without resource types is asked about the resource `*`, which no other pattern names.
      return { pattern: ANY, holds: !hasTypes && text === "*" ? TRUE : FALSE };
    });
    const named = isNot ? [{ pattern: ANY, holds: diagram.not(diagram.or(...all.map(({ holds }) => holds))) }] : all;
    return named.map((each) => ({ ...each, holds: diagram.and(condition, each.holds) }));
  }

  /** The ARNs of a pattern, by their literal head. */
  place({ pattern }: Applied): Place {
    return once(this.#places, pattern, () => {
      const length = literalLength(pattern);
      return { head: pattern.slice(0, length), isWhole: length === pattern.length };
    });
  }
}

/** All that makes a difference to a statement, and its formulas by that. */
interface Reading {
  readonly readsTags: boolean;
  readonly readsSituation: boolean;
  readonly made: Map<string, readonly Applied[]>;
}

const readingOf = ({ conditions }: Statement): Reading => ({
  readsTags: conditions.some(readsTags),
  readsSituation: conditions.some(({ key }) => OF_SITUATIONS.has(key.toLowerCase())),
  made: new Map(),
});

const OF_SITUATIONS = new Set(["aws:currenttime", "aws:sourceip", "aws:viaawsservice"]);

/** True where the line may be about a tag of the resource: the keys of tags alone have a slash. */
export const readsTags = ({ key }: Line): boolean => key.includes("/");
