import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import type { Statement } from "./iam-text.ts";
import { once } from "./once.ts";
import type { ReadQuestion } from "./read-question.ts";
import { readsTags } from "./text-allows.ts";
import type { UnnamedCalls } from "./unnamed-calls.ts";

/** One resource of an Allow, by its index. The pattern is undefined where the Allow uses `NotResource`. */
export interface Allowed {
  readonly allow: Statement;
  readonly place: number;
  readonly pattern: string | undefined;
}

/** Texts of a question, as statements. */
type Texts = Pick<ReadQuestion, "text" | "bounds" | "above">;

/** Statements of a question's texts that apply to an action. */
export interface Applying extends Omit<Texts, "text"> {
  /** Actions to which the same statements apply share this number. */
  readonly id: number;
  readonly allowed: readonly Allowed[];
  readonly denies: readonly Statement[];
  /** True where one of the statements may be about a tag. */
  readonly areTagsRead: boolean;
}

/** Finds the statements that apply to an action. Most actions of a statement share one result. */
export class ApplyingStatements {
  readonly #read: Texts;
  readonly #all: readonly Statement[];
  readonly #known = new Map<string, Applying>();
  readonly #ids = new Map<string, number>();

  constructor(read: Texts) {
    this.#read = read;
    this.#all = [read.text, ...read.bounds.map(({ statements }) => statements), ...read.above.flat()].flat();
  }

  /**
   * Returns the statements that apply to calls of the action.
   * @param unnamed calls that name no resource: the text's statements are then read as statements about the resources
   * in the response.
   */
  to({ name }: CatalogueAction, unnamed?: UnnamedCalls): Applying {
    // IAM compares names without their case.
    // Stryker disable next-line MethodExpression: either case tells them apart
    const lower = name.toLowerCase();
    const which = this.#all.map((each) => (each.appliesTo(lower) ? APPLIES : "-")).join("");
    return once(this.#known, `${which} ${unnamed?.isBelow} ${unnamed?.evaluatedAs}`, () => this.#built(which, unnamed));
  }

  /** Returns one number for the same statements, read of the same resources. */
  #idOf(which: string, resources: readonly Statement["resources"][] | undefined): number {
    return once(this.#ids, `${which} ${JSON.stringify(resources)}`, () => this.#ids.size);
  }

  #built(which: string, unnamed?: UnnamedCalls): Applying {
    const about = new Set(this.#all.filter((_, index) => which[index] === APPLIES));
    const applying = (statements: readonly Statement[]) => statements.filter((each) => about.has(each));
    const { text, bounds: allBounds, above: allAbove } = this.#read;
    const own = applying(text);
    const of = (which: Statement["effect"]) =>
      own.filter(({ effect }) => effect === which).map((each) => unnamed?.on(each) ?? each);
    const allowed = of("Allow").flatMap((allow) => {
      const patterns = allow.resources.isNot ? [undefined] : allow.resources.patterns;
      return patterns.map((pattern, place) => ({ allow, place, pattern }));
    });
    const denies = of("Deny");
    const id = this.#idOf(which, unnamed && [allowed, denies].flat().map((each) => resourcesOf(each)));
    // Stryker disable next-line ConditionalExpression: the answer would be the same, only later
    if (allowed.length === 0) return { ...NOTHING, id };
    const bounds = allBounds.map((bound) => ({ ...bound, statements: applying(bound.statements) }));
    const above = allAbove.map((texts) => texts.map(applying));
    const areTagsRead = [own, ...bounds.map(({ statements }) => statements), above.flat(2)]
      .flat()
      .some(({ conditions }) => conditions.some(readsTags));
    return { id, allowed, denies, bounds, above, areTagsRead };
  }
}

/** Returns the resources of a statement about calls that name none. */
const resourcesOf = (each: Allowed | Statement): Statement["resources"] =>
  "allow" in each ? each.allow.resources : each.resources;

const APPLIES = "x";

/** An action that no statement allows needs no further look. */
const NOTHING = { allowed: [], denies: [], bounds: [], above: [], areTagsRead: false } as const;
