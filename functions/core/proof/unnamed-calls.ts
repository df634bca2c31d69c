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

/**
 * Calls of one action that name no resource of a type. IAM evaluates them on an ARN with a star as the name. The
 * response holds every resource of the type.
 */
export interface UnnamedCalls {
  /**
   * Resource part (behind the fifth colon) of the ARN that IAM evaluates. A star in it is a plain character: `db:*`.
   */
  readonly evaluatedAs: string;
  /** Formula of the ARNs that have the type's form. */
  readonly hasForm: Formula;
  /** Formula of the ARNs that resources of the type may have. */
  readonly isOfType: Formula;
  /** Turns a statement about the call into one about all resources in the response. */
  readonly on: (statement: Statement) => Statement;
}

/**
 * Returns the calls of the action that name no resource, by type and by the ARN that IAM may evaluate. Empty for an
 * action that requires a resource.
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
    return [...new Set([resource, `${begins}*`])].map((evaluatedAs) => {
      const on = (statement: Statement) => onType(statement, evaluatedAs, unknowns);
      return { evaluatedAs, hasForm, isOfType, on };
    });
  });
}

/**
 * False where the statement can allow no call that names no resource: a Deny, or an Allow of complete ARNs without
 * wildcards and variables. IAM evaluates such a call on an ARN with a star as the name.
 */
export const mayAllowUnnamed = ({ effect, resources: { isNot, patterns } }: Statement): boolean =>
  effect === "Allow" && (isNot || patterns.some((text) => !isPlain(text) || split(text)[1] === ""));

/**
 * Returns the formula of the ARNs that IAM evaluates for calls of the action that name no resource. Names of these
 * types hold no star.
 */
export function asksForAll(action: CatalogueAction, unknowns: Unknowns): Formula {
  const { languages, diagram } = unknowns;
  const hasStar = unknowns.arn(languages.of(iamPattern("arn:*:*:*:*:*${*}*", true) as Pattern));
  return diagram.and(hasStar, diagram.or(...unnamedCalls(action, unknowns).map(({ hasForm }) => hasForm)));
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
