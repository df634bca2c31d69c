import { keyIsKnown } from "./aws/keys.ts";
import { FALSE, type Formula, TRUE } from "./diagram.ts";
import { iamPattern } from "./iam-pattern.ts";
import type { Line, Statement } from "./iam-text.ts";
import { literal, type Pattern } from "./language.ts";
import type { Situation } from "./question.ts";
import type { TagSource } from "./tag-sources.ts";
import type { Unknowns } from "./unknowns.ts";

/** IAM's context of a call, other than its action and resource. */
export interface Context {
  readonly situation: Situation;
  readonly tagSource: TagSource;
  /** `another`: IAM has tags that the policies do not see. */
  readonly spelling: "another" | undefined;
  /** Address that the text may bind to, if known. */
  readonly boundIp: string | undefined;
  /** Returns the formula under which the resource's account matches the pattern. */
  accountIn(pattern: Pattern): Formula;
}

/**
 * Returns the formula under which all lines of the statement's condition hold. Source for all operators:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const conditionOf = (statement: Statement, context: Context, unknowns: Unknowns): Formula =>
  unknowns.diagram.and(...statement.conditions.map((line) => lineOf(line, context, unknowns)));

function lineOf(line: Line, context: Context, unknowns: Unknowns): Formula {
  const { diagram } = unknowns;
  const name = line.operator.endsWith(IF_EXISTS) ? line.operator.slice(0, -IF_EXISTS.length) : line.operator;
  // IAM compares the names of condition keys without regard to case.
  const keyName = line.key.toLowerCase();
  switch (keyName) {
    case "aws:currenttime":
      return dateLine(name, line, context.situation.atSeconds) ?? open(line, unknowns);
    case "aws:sourceip":
      return addressLine(line, context) ?? open(line, unknowns);
    case "aws:viaawsservice": {
      const isByService = String(context.situation.from === "an AWS service");
      if (name !== "Bool" || !line.values.every((value) => value === "true" || value === "false"))
        return open(line, unknowns);
      const isKnown = unknowns.open(keyIsKnown("aws:ViaAWSService"));
      const holds = constant(line.values.some((value) => value === isByService));
      return name === line.operator ? diagram.and(isKnown, holds) : diagram.or(holds, diagram.not(isKnown));
    }
  }
  const comparison = STRINGS.get(name);
  if (line.operator !== "Null" && comparison === undefined) return open(line, unknowns);
  if (line.key === OWN_ACCOUNT && comparison)
    return stringLine(line, comparison, (pattern) => context.accountIn(pattern), unknowns);
  if (keyName === "aws:resourceaccount" && comparison) {
    const isKnown = unknowns.open(keyIsKnown("aws:ResourceAccount"));
    const isIn = (pattern: Pattern) => diagram.and(isKnown, context.accountIn(pattern));
    const holds = stringLine(line, comparison, isIn, unknowns);
    return name === line.operator ? holds : diagram.or(holds, diagram.not(isKnown));
  }
  const key = keyOf(line.key, context);
  const isThere = key === undefined ? FALSE : unknowns.isThere(key);
  if (comparison === undefined) {
    if (!line.values.every((value) => value === "true" || value === "false")) return open(line, unknowns);
    return diagram.or(...line.values.map((value) => (value === "true" ? diagram.not(isThere) : isThere)));
  }
  // For a missing key a positive operator is false. A negated operator, and one with IfExists, is true.
  const isIn = (pattern: Pattern) => (key === undefined ? FALSE : unknowns.key(key, unknowns.languages.of(pattern)));
  const holds = stringLine(line, comparison, isIn, unknowns);
  return name === line.operator ? holds : diagram.or(holds, diagram.not(isThere));
}

const IF_EXISTS = "IfExists";

/** Key of the intent's own account, which is a fact of the resource and no key of IAM's. No text of a policy has it. */
export const OWN_ACCOUNT = "the resource's account";

interface Comparison {
  readonly wildcards: boolean;
  readonly isNegated: boolean;
}
const STRINGS: ReadonlyMap<string, Comparison> = new Map([
  ["StringEquals", { wildcards: false, isNegated: false }],
  ["StringLike", { wildcards: true, isNegated: false }],
  ["StringNotEquals", { wildcards: false, isNegated: true }],
  ["StringNotLike", { wildcards: true, isNegated: true }],
]);

/**
 * Returns the formula of a line with a string operator. Several values are alternatives; a negated operator holds where
 * none of them matches.
 */
function stringLine(
  line: Line,
  { wildcards, isNegated }: Comparison,
  isIn: (pattern: Pattern) => Formula,
  unknowns: Unknowns,
): Formula {
  const patterns = line.values.map((value) => iamPattern(value, wildcards));
  // A line with an unknown variable may hold or not.
  if (!patterns.every(isRead)) return open(line, unknowns);
  const some = unknowns.diagram.or(...patterns.map(isIn));
  return isNegated ? unknowns.diagram.not(some) : some;
}

const isRead = (pattern: Pattern | undefined): pattern is Pattern => pattern !== undefined;

/**
 * Returns an open condition for a line that this file cannot evaluate. Equal lines are the same condition, in a
 * parent's text too.
 */
const open = ({ operator, key, values }: Line, unknowns: Unknowns): Formula =>
  unknowns.open(JSON.stringify([operator, withoutCase(key), values.toSorted()]));

const DATES: ReadonlyMap<string, (at: number, time: number) => boolean> = new Map([
  ["DateEquals", (at, time) => at === time],
  ["DateLessThan", (at, time) => at < time],
  ["DateLessThanEquals", (at, time) => at <= time],
  ["DateGreaterThan", (at, time) => at > time],
  ["DateGreaterThanEquals", (at, time) => at >= time],
]);

/**
 * Evaluates a line about the time, which IAM knows for every call. Returns undefined for a line that this file cannot
 * read.
 */
function dateLine(name: string, { values }: Line, atSeconds: number): Formula | undefined {
  const isNegated = name === "DateNotEquals";
  const compare = DATES.get(isNegated ? "DateEquals" : name);
  const times = values.map(secondsOf);
  if (compare === undefined || !times.every(Number.isFinite)) return undefined;
  const some = times.some((each) => compare(atSeconds, each));
  return constant(some !== isNegated);
}

/**
 * Returns epoch seconds for an ISO 8601 date or time in UTC, or for a number of seconds. Returns NaN for any other
 * text, since JavaScript may read it differently than AWS. Four digits may be a year, and thirteen digits milliseconds.
 * The 30th of February and hour 24 are rejected too.
 */
export function secondsOf(value: string): number {
  if (/^\d{9,10}$/.test(value)) return Number(value);
  if (!MOMENT.test(value)) return Number.NaN;
  const ms = Date.parse(value);
  return new Date(ms).getUTCDate() === Number(value.slice(8, 10)) ? ms / 1_000 : Number.NaN;
}
const MOMENT = /^\d{4}-\d\d-\d\d(?:T(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{1,3})?Z)?$/;

/**
 * Evaluates a line about the source address where all its values are the address that the session is bound to. Returns
 * undefined otherwise.
 */
function addressLine({ operator, values }: Line, { situation, boundIp }: Context): Formula | undefined {
  if (values.some((value) => value !== boundIp)) return undefined;
  // For calls by a service, AWS does not document everywhere which source address IAM gets.
  if (situation.from === "an AWS service") return undefined;
  const isBound = situation.from === "the asker's address";
  if (operator === "IpAddress") return constant(isBound);
  return operator === "NotIpAddress" ? constant(!isBound) : undefined;
}

/**
 * Returns the name of a condition key in lower case. Only ASCII letters are changed. AWS does not document whether
 * other letters have cases, so keys that differ in them stay distinct.
 */
export const withoutCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const constant = (value: boolean): Formula => (value ? TRUE : FALSE);

/** Prefix of the formulas' names for tags that only IAM sees. */
export const SPELLED = "spelled";

const TAG_KEY = /^(aws:resourcetag|s3(?:-outposts)?:existingobjecttag)\/(.*)/is;

/**
 * Returns the name of a condition key in the formulas: a tag of the resource, or the key itself. Returns undefined for
 * a key that IAM does not have.
 */
function keyOf(key: string, { tagSource, spelling }: Pick<Context, "tagSource" | "spelling">): string | undefined {
  const tag = TAG_KEY.exec(key);
  if (tag?.[1]?.toLowerCase() === tagSource.toLowerCase())
    return `${spelling === undefined ? "tag" : SPELLED}:${tag?.[2]}`;
  // Tags of an object's bucket are not tags of the object, so they keep the name of the condition key.
  return tag !== null && tagSource === "none" ? undefined : `iam:${withoutCase(key)}`;
}

/** Returns the test of a pattern against a resource with one known account. */
export const isText =
  (text: string, unknowns: Unknowns) =>
  (pattern: Pattern): Formula =>
    constant(unknowns.languages.has(unknowns.languages.of(pattern), literal(text)));
