import type { CatalogueAction } from "../catalogue/catalogue-action.ts";
import { listedTypes } from "../catalogue/own-resources.ts";
import { takesNone } from "../catalogue/unnamed.ts";
import type { Formula } from "./diagram.ts";
import { iamPattern, resourcePattern } from "./iam-pattern.ts";
import type { Named, Statement } from "./iam-text.ts";
import { once } from "./once.ts";
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
    const [place, resource] = split(form);
    const [, begins] = split(head);
    const { languages, diagram } = unknowns;
    const isIn = (text: string) => unknowns.arn(languages.of(resourcePattern(text, "Allow") ?? ""));
    const hasForm = isIn(form);
    const isOfType = diagram.and(
      hasForm,
      ...[...without].map((character) => diagram.not(isIn(`${head}*${character}*`))),
    );
    return [...new Set([resource, `${begins}*`])].map((askedAs) => {
      const known = new Map<Statement, Statement>();
      const on = (statement: Statement) =>
        once(known, statement, () => onType(statement, place, resource, askedAs, unknowns));
      return { askedAs, hasForm, isOfType, on };
    });
  });
}

/** Formula of the ARNs about which IAM is asked where a call of the action names no resource: in a name of the types there is no star. */
export function asksForAll(action: CatalogueAction, unknowns: Unknowns): Formula {
  const { languages, diagram } = unknowns;
  const hasStar = unknowns.arn(languages.of(resourcePattern("arn:*:*:*:*:*${*}*", "Allow") ?? ""));
  return diagram.and(hasStar, diagram.or(...unnamedCalls(action, unknowns).map(({ hasForm }) => hasForm)));
}

/** Reads a statement as one about the type's ARNs, in each account and Region where it is about the call. */
function onType(
  statement: Statement,
  place: readonly string[],
  resource: string,
  askedAs: string,
  unknowns: Unknowns,
): Statement {
  const { isNot, patterns } = statement.resources;
  // A pattern of NotResource that is not known has to be read the other way.
  const read = isNot === (statement.effect === "Allow") ? "Deny" : "Allow";
  // A Deny would deny nothing with a gap in the type, so `isOfType` looks at the type of one.
  const ending = read === "Deny" ? "*" : resource;
  const named = patterns.flatMap((text) => {
    if (text === "*") return [text];
    const known = placeAsked(text, place, askedAs, read, unknowns);
    return known ? [[...known, ending].join(":")] : [];
  });
  const resources: Named = { isNot, patterns: named };
  return { ...statement, resources };
}

/** Place of the calls that the pattern is about; undefined where it is about none. */
function placeAsked(
  text: string,
  place: readonly string[],
  askedAs: string,
  read: "Allow" | "Deny",
  { languages }: Unknowns,
): readonly string[] | undefined {
  // A variable that is not known may be anything in an Allow.
  if (/\$\{(?![*?$]\})/.test(text)) return resourcePattern(text, read) === undefined ? undefined : place;
  const [own, resource] = split(text);
  // Most resources begin as no such call does: nothing is made of them.
  const [head = ""] = /^[^*?$]*/.exec(resource) ?? [];
  if (!askedAs.startsWith(head) || resourcePattern(text, read) === undefined) return undefined;
  const accepts = (pattern: string, word: string) =>
    languages.afterAll(languages.of(iamPattern(pattern, true) ?? ""), word).accepts;
  const both = place.map((part, index) => {
    const other = own[index] ?? "";
    if (part === "*") return other;
    return accepts(other, part) ? part : undefined;
  });
  return accepts(resource, askedAs) && both.every((part) => part !== undefined) ? both : undefined;
}

/** Splits an ARN's text into its first five parts, and its resource. */
function split(text: string): readonly [readonly string[], string] {
  const parts = text.split(":");
  return [parts.slice(0, PARTS), parts.slice(PARTS).join(":")];
}
