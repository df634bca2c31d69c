import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { listedTypes } from "../catalogue/own-resources.ts";
import { takesNone } from "../catalogue/unnamed.ts";
import type { Formula } from "./diagram.ts";
import { doubtOf, iamPattern, isPlain, resourcePattern, withoutVariables } from "./iam-pattern.ts";
import type { Statement } from "./iam-text.ts";
import type { Pattern } from "./language.ts";
import type { Unknowns } from "./unknowns.ts";

/** Number of an ARN's parts before the resource. */
const PARTS = 5;

/** Calls of one action that name no resource of a type: IAM is asked about a star in place of the name, and the answer holds every resource of the type. */
export interface UnnamedCalls {
  /** ARN behind its fifth colon about which IAM is asked, in which stars are characters: `db:*`. */
  readonly askedAs: string;
  /** Formula of the ARNs that have the type's form. */
  readonly hasForm: Formula;
  /** Formula of the ARNs of the type: those of the form that some resource may have. */
  readonly isOfType: Formula;
  /** Makes of a statement about the call one about all that the call answers with. */
  readonly on: (statement: Statement) => Statement;
}

/**
 * Lists the calls of the action that name no resource, type by type and as each may be put to IAM. Nothing for an action that needs a resource.
 * Source: the messages of refused calls of RDS, ElastiCache and CloudFormation.
 */
export function unnamedCalls(action: CatalogueAction, unknowns: Unknowns): readonly UnnamedCalls[] {
  if (!takesNone(action)) return [];
  return listedTypes(action, { partition: "*", region: "*", account: "*" }).flatMap(({ form, head, without }) => {
    const [[, resource], [, begins]] = [split(form), split(head)];
    const { languages, diagram } = unknowns;
    const isIn = (text: string) => unknowns.arn(languages.of(resourcePattern(text)));
    const hasForm = isIn(form);
    const isOfType = diagram.and(
      hasForm,
      ...[...without].map((character) => diagram.not(isIn(`${head}*${character}*`))),
    );
    return [...new Set([resource, `${begins}*`])].map((askedAs) => {
      const on = (statement: Statement) => onType(statement, askedAs, unknowns);
      return { askedAs, hasForm, isOfType, on };
    });
  });
}

/** False where the statement allows no call that names no resource: IAM is asked about a star in place of the name, and these ARNs are whole and have none. */
export const mayAllowUnnamed = ({ effect, resources: { isNot, patterns } }: Statement): boolean =>
  effect === "Allow" && (isNot || patterns.some((text) => !isPlain(text) || split(text)[1] === ""));

/** Formula of the ARNs about which IAM is asked where a call of the action names no resource: in a name of the types there is no star. */
export function asksForAll(action: CatalogueAction, unknowns: Unknowns): Formula {
  const { languages, diagram } = unknowns;
  const hasStar = unknowns.arn(languages.of(iamPattern("arn:*:*:*:*:*${*}*", true) as Pattern));
  return diagram.and(hasStar, diagram.or(...unnamedCalls(action, unknowns).map(({ hasForm }) => hasForm)));
}

/** Reads a statement as one about the type's ARNs, in each account and Region where it is about the call. What the type is, `isOfType` says. */
function onType(statement: Statement, askedAs: string, unknowns: Unknowns): Statement {
  const { isNot, patterns } = statement.resources;
  // A pattern that AWS may read in two ways is read so that more is allowed.
  const isAllowed = isNot !== (statement.effect === "Allow");
  const asked = patterns.map((text) => patternAsked(text, askedAs, isAllowed, unknowns));
  return {
    ...statement,
    resources: { isNot, patterns: asked.filter((pattern) => pattern !== undefined) },
  };
}

/** Resource that names all ARNs with the first five parts of the ARNs of the calls that the pattern is about; undefined where it is about none. */
function patternAsked(text: string, askedAs: string, isAllowed: boolean, { languages }: Unknowns): string | undefined {
  if (!isAllowed && doubtOf(text) !== undefined) return undefined;
  const [place, resource] = split(text);
  if (resource === "") return text;
  // Nobody can tell the place behind a variable.
  if (place.includes("$")) return `${text.slice(0, text.indexOf("$"))}\${any}`;
  const pattern = iamPattern(withoutVariables(resource), true) as Pattern;
  return languages.has(languages.of(pattern), askedAs) ? `${place}:*` : undefined;
}

/** Splits an ARN's text into its first five parts, and its resource. */
function split(text: string): readonly [string, string] {
  const parts = text.split(":");
  return [parts.slice(0, PARTS).join(":"), parts.slice(PARTS).join(":")];
}
