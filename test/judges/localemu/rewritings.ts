import { listed, type PolicyDocument, type Request, type Statement } from "../../property/second-evaluator/policy.ts";

/** Policy and request in which nothing is left that LocalEmu misreads. AWS decides them as before. */
export interface Question {
  readonly document: PolicyDocument;
  readonly request: Request;
}

/** Construct of policies that LocalEmu misreads. */
export interface Rewriting {
  readonly what: string;
  /** AWS's behaviour, as it documents it. */
  readonly why: string;
  readonly source: string;
  readonly rewrite: (question: Question) => Question;
}

const GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide";

/** Reviewed on 2 December 2026, against LocalEmu 1.3.2. */
export const REWRITINGS: readonly Rewriting[] = [
  {
    what: "special characters that are written as ${*}, ${?} or ${$}",
    why: "each is the character itself",
    source: `${GUIDE}/reference_policies_variables.html`,
    rewrite: withStandIns,
  },
  {
    what: "names of condition keys in another case",
    why: "the names of condition keys have no case",
    source: `${GUIDE}/reference_policies_elements_condition.html`,
    rewrite: ({ document, request }) => ({
      document: mapConditions(document, (operator, key, values) => [[operator, key.toLowerCase(), values]]),
      request: {
        ...request,
        context: Object.fromEntries(Object.entries(request.context).map(([key, value]) => [key.toLowerCase(), value])),
      },
    }),
  },
  {
    what: "negated operators on a key that is missing",
    why: "they hold",
    source: `${GUIDE}/reference_policies_elements_condition_operators.html`,
    rewrite: ({ document, request }) => ({
      document: mapConditions(document, (operator, key, values) => [
        [isNegated(operator) && !operator.endsWith("IfExists") ? `${operator}IfExists` : operator, key, values],
      ]),
      request,
    }),
  },
  {
    what: "negated operators with several values",
    why: "they hold where the value is none of them",
    source: `${GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html`,
    rewrite: ({ document, request }) => {
      const copies: Record<string, string | readonly string[]> = {};
      const split = mapConditions(document, (operator, key, values) => {
        const all = listed(values);
        if (!isNegated(operator) || all.length < 2) return [[operator, key, values]];
        return all.map((value, nth): Line => {
          const held = Object.entries(request.context).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1];
          if (held !== undefined) copies[`${key}#${nth}`] = held;
          return [operator, `${key}#${nth}`, value];
        });
      });
      return { document: split, request: { ...request, context: { ...request.context, ...copies } } };
    },
  },
];

type Line = readonly [operator: string, key: string, values: string | readonly string[]];

const isNegated = (operator: string): boolean => /^(String|Arn)Not|^NotIpAddress/.test(operator);

/** Writes each line of each condition anew. */
function mapConditions(document: PolicyDocument, change: (...line: Line) => readonly Line[]): PolicyDocument {
  const statements: readonly Statement[] = "Effect" in document.Statement ? [document.Statement] : document.Statement;
  return {
    ...document,
    Statement: statements.map(({ Condition, ...rest }) => {
      if (!Condition) return rest;
      const blocks: Record<string, Record<string, string | readonly string[]>> = {};
      for (const [operator, keys] of Object.entries(Condition))
        for (const [key, values] of Object.entries(keys))
          for (const [name, at, of] of change(operator, key, values)) {
            blocks[name] ??= {};
            blocks[name][at] = of;
          }
      return { ...rest, Condition: blocks };
    }),
  };
}

/** Characters that no generated policy or call has, in place of special ones. */
const STAND_INS: Readonly<Record<string, string>> = { "*": "~", "?": "^", $: "%" };
const standIn = (text: string): string => text.replace(/[*?$]/g, (found) => STAND_INS[found] ?? "");

function withStandIns({ document, request }: Question): Question {
  const literal = JSON.stringify(document).replace(/\$\{([*?$])\}/g, (_, found: string) => standIn(found));
  const isLiteral = (operator: string) => /^String(Not)?Equals/.test(operator);
  return {
    // In StringEquals a star is a literal star.
    document: mapConditions(JSON.parse(literal) as PolicyDocument, (operator, key, values) => [
      [operator, key, isLiteral(operator) ? mapTexts(values, standIn) : values],
    ]),
    request: {
      ...request,
      resource: request.resource === "*" ? "*" : standIn(request.resource),
      context: mapTexts(request.context, standIn),
    },
  };
}

/** Changes each text of a value. */
function mapTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTexts(each as unknown, change)])) as T;
}
