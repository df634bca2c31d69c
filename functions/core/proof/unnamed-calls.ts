import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { absentFrom, answersUnnamed, beginOf, evaluatedTexts, isList } from "./aws/lists.ts";
import { belowOf } from "./aws/reach.ts";
import type { Formula } from "./diagram.ts";
import { doubtOf, iamPattern, isPlain, resourcePattern, withoutVariables } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { Pattern } from "./language.ts";
import type { Unknowns } from "./unknowns.ts";

/** Number of an ARN's parts before the resource. */
const PARTS = 5;

const NAME = /\$\{[^}]*\}/g;

/**
 * Calls of one action that name no resource of a type. IAM evaluates them on an ARN with a star as the name. The
 * response holds every resource of the type.
 */
export interface UnnamedCalls {
  /**
   * Resource part (behind the fifth colon) of the ARN that IAM evaluates. A star in it is a plain character: `db:*`.
   */
  readonly evaluatedAs: string;
  /** Formula of the ARNs that resources of the type may have. */
  readonly isOfType: Formula;
  /** True for resources below the one that IAM checks. Policy may permit them by the latter. */
  readonly isBelow?: true;
  /** Turns a statement about the call into one about all resources in the response. */
  readonly on: (statement: Statement) => Statement;
}

/**
 * Returns the calls of the action that name no resource, by type and by the ARN that IAM may evaluate. Empty for an
 * action whose calls name what they return.
 */
export function unnamedCalls(action: CatalogueAction, unknowns: Unknowns): readonly UnnamedCalls[] {
  return typesOf(action).flatMap(({ place, resource, without }) => {
    const isOfType = isOfTypeBehind(`${place}:${beginOf(resource)}`, { place, resource, without }, unknowns);
    return evaluatedTexts(action.service, resource).map((text) => callsAs(text, isOfType, unknowns));
  });
}

/**
 * Returns the calls that name the parents of a resource, and no resource, for each Allow that ends behind such names
 * (`application/x/deployment/*`). The response holds everything behind these names.
 */
export function unnamedBelow(
  action: CatalogueAction,
  allows: readonly Statement[],
  unknowns: Unknowns,
): readonly UnnamedCalls[] {
  if (!isList(action)) return [];
  const heads = allows.flatMap(({ resources }) => resources.patterns.map((text) => text.split(/[*?$]/, 1).join()));
  return typesOf(action).flatMap((type) =>
    [...new Set(heads)].flatMap((head): readonly UnnamedCalls[] => {
      const [, begins] = split(head);
      if (!parentsIn(type.resource).some((parents) => parents.test(begins))) return [];
      const isOfType = isOfTypeBehind(head, type, unknowns);
      return [`${begins}*`, begins].map((text) => callsAs(text, isOfType, unknowns));
    }),
  );
}

/** Returns patterns of the texts that name parents of a form and end where the next name begins: `app-instance/x/bot/`. */
function parentsIn(resource: string): readonly RegExp[] {
  const parts = resource.replace(/[.+?^()|[\]{}\\]/g, "\\$&").split("$");
  return parts.slice(1, -1).map((_, index) => new RegExp(`^${parts.slice(0, index + 2).join("[^/:]+")}$`));
}

/**
 * Returns the calls of the action that reach what is below the resource that IAM checks, for each Allow. A Deny holds
 * for them where it begins as a parent does (`log-group:/audit/*`) or is of everything. Only forbids count: a permit of
 * the parent permits them.
 */
export function callsBelow(
  action: CatalogueAction,
  allows: readonly Statement[],
  unknowns: Unknowns,
): readonly UnnamedCalls[] {
  const kind = belowOf(action.name);
  if (kind === undefined) return [];
  const { languages, diagram } = unknowns;
  const isIn = (text: string) => unknowns.arn(languages.of(resourcePattern(text)));
  const below = (text: string) => childrenOf(text, kind);
  const named = kind === ":log-stream:" ? NO_STREAMS.map((text) => diagram.not(isIn(text))) : [];
  const patterns = allows.flatMap(({ resources }) => (resources.isNot ? ["arn:*:*:*:*:*"] : resources.patterns));
  return [...new Set(patterns)].map((text): UnnamedCalls => {
    const isOfType = diagram.and(isIn(below(text)), ...named);
    const on = (statement: Statement): Statement => {
      const { isNot, patterns: own } = statement.resources;
      const converted =
        statement.effect === "Allow"
          ? isNot || own.includes(text)
            ? [below(text)]
            : []
          : own.filter((each) => each === "*" || (kind !== "/" && isOfParents(each, kind)));
      // A Deny by NotResource denies no child for certain.
      const isDenied = statement.effect === "Allow" || !isNot;
      return { ...statement, resources: { isNot: false, patterns: isDenied ? converted : [] } };
    };
    return { evaluatedAs: split(text)[1], isOfType, on, isBelow: true };
  });
}

/** Pattern of the children of the parents that a text covers. A group's ARN may end in `:*`, which is no part of its name. */
const childrenOf = (text: string, kind: string): string =>
  kind === "/" ? `${text.replace(/\/?\*?$/, "")}*/*` : `${text.replace(/(?<=:log-group:.+):\*$/, "")}${kind}*`;

/** Texts that are no ARN of a stream: names of groups and streams hold no colon. Source: `CreateLogStream`, CloudWatch Logs API reference. */
const NO_STREAMS = ["arn:*:*:*:*:log-group:*:*:log-stream:*", "arn:*:*:*:*:log-group:*:log-stream:*:*"];

/** True where a Deny covers all children of each parent that it covers: a literal part of a parent's name, and a star. */
const isOfParents = (text: string, kind: string): boolean =>
  isPlain(text.slice(0, -1)) && text.endsWith("*") && !text.includes(kind.replace(/:$/, ""));

/** Form of a type's ARNs: the first five parts, with stars for names; the resource part; characters that no name has. */
interface ListedForm {
  readonly place: string;
  readonly resource: string;
  readonly without: string;
}

/** Returns the forms of the types that a call of the action may list without naming them. */
function typesOf(action: CatalogueAction): readonly ListedForm[] {
  if (!answersUnnamed(action)) return [];
  return action.resourceTypes.flatMap(({ name, arns }) =>
    arns.flatMap((arn): readonly ListedForm[] => {
      const [place, resource] = split(arn.replace(NAME, "$"));
      if (!resource.includes("$")) return [];
      return [{ place: place.replaceAll("$", "*"), resource, without: absentFrom(action.service, name) }];
    }),
  );
}

function isOfTypeBehind(head: string, { place, resource, without }: ListedForm, unknowns: Unknowns): Formula {
  const { languages, diagram } = unknowns;
  const isIn = (text: string) => unknowns.arn(languages.of(resourcePattern(text)));
  const form = `${place}:${resource.replaceAll("$", "*")}`;
  return diagram.and(
    isIn(form),
    isIn(`${head}*`),
    ...[...without].map((character) => diagram.not(isIn(`${head}*${character}*`))),
  );
}

const callsAs = (evaluatedAs: string, isOfType: Formula, unknowns: Unknowns): UnnamedCalls => ({
  evaluatedAs,
  isOfType,
  on: (statement) => onType(statement, evaluatedAs, unknowns),
});

/**
 * False where the statement can allow no call that names no resource: a Deny, or an Allow of complete ARNs without
 * wildcards and variables that end in a name. IAM evaluates such a call on an ARN with a star, or with nothing, as the
 * name.
 */
export const mayAllowUnnamed = ({ effect, resources: { isNot, patterns } }: Statement): boolean =>
  effect === "Allow" && (isNot || patterns.some((text) => !isPlain(text) || /^$|[:/]$|^[^/]*::/.test(split(text)[1])));

/**
 * Returns the formula of the ARNs that IAM evaluates for calls of the action that name no resource. Names of these
 * types hold no star, and are not empty.
 */
export function asksForAll(action: CatalogueAction, unknowns: Unknowns): Formula {
  const { languages, diagram } = unknowns;
  const isIn = (text: string) => unknowns.arn(languages.of(resourcePattern(text)));
  const forms = typesOf(action).map(({ place, resource }) => isIn(`${place}:${resource.replaceAll("$", "*")}`));
  const nameless = ["arn:*:*:*:*:*${*}*", "arn:*:*:*:*:*/", "arn:*:*:*:*:*:", "arn:*:*:*:*:log-group::*"].map(isIn);
  return diagram.and(diagram.or(...nameless), diagram.or(...forms));
}

/**
 * Turns a statement about the call into one about all ARNs in the accounts and Regions in which it covers the call. The
 * caller adds `isOfType`, which limits the ARNs to the type.
 */
function onType(statement: Statement, evaluatedAs: string, unknowns: Unknowns): Statement {
  const { isNot, patterns } = statement.resources;
  // The reading that allows more is chosen where AWS may read a pattern in two ways.
  const isAllowed = isNot !== (statement.effect === "Allow");
  const converted = patterns.map((text) => convertedPattern(text, evaluatedAs, isAllowed, unknowns));
  return {
    ...statement,
    resources: { isNot, patterns: converted.filter((pattern) => pattern !== undefined) },
  };
}

/**
 * Returns a Resource of any name with the pattern's first five parts, where the pattern matches the ARN that IAM
 * evaluates. Returns undefined where it does not. A pattern that lacks a resource stays as it is.
 */
function convertedPattern(
  text: string,
  evaluatedAs: string,
  isAllowed: boolean,
  { languages }: Unknowns,
): string | undefined {
  if (!isAllowed && doubtOf(text) !== undefined) return undefined;
  const [place, resource] = split(text);
  if (resource === "") return text;
  // The parts behind a variable are unknown.
  if (place.includes("$")) return `${text.slice(0, text.indexOf("$"))}\${any}`;
  const pattern = iamPattern(withoutVariables(resource), true) as Pattern;
  return languages.has(languages.of(pattern), evaluatedAs) ? `${place}:*` : undefined;
}

/** Splits an ARN's text into its first five parts, and its resource. */
function split(text: string): readonly [string, string] {
  const parts = text.split(":");
  return [parts.slice(0, PARTS).join(":"), parts.slice(PARTS).join(":")];
}
