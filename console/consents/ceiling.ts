import { canonicalJson } from "../../contract/canonical-json.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import {
  ARN_WILDCARDS,
  CEILING_CHARACTERS,
  LIMITS,
  MOST_ACTIONS,
  MOST_RESOURCES,
  MOST_TOOLS,
} from "../../contract/limits.ts";
import { TOOL_NAME } from "../../contract/names.ts";
import type { Read } from "../../contract/operation.ts";
import type { Reach } from "../../contract/policies.ts";

/** Entry of a reach that can be requested as it is. */
type ReachedDetail = NonNullable<Read<Reach>["permits"][number]["details"]>[number];

/** One line of a ceiling, as a person fills it. The fields of the other kind count for nothing. */
export interface Line {
  readonly kind: "aws" | "tool";
  readonly account: string;
  readonly actions: string;
  readonly resources: string;
  readonly server: string;
  readonly tools: string;
}

export const EMPTY_LINE: Line = { kind: "aws", account: "", actions: "", resources: "", server: "", tools: "" };

/** Details of a ceiling, or a sentence about what is missing. */
export type Ceiling = { readonly details: readonly unknown[] } | { readonly says: string };

/** Most lines of one ceiling. */
export const MOST_LINES = LIMITS.details;
const MOST_QUOTED = 80;

/** Makes the details of the lines, one of each. */
export function ceilingOf(lines: readonly Line[]): Ceiling {
  const made = lines.map(detailOf);
  const faulty = made.findIndex((each) => typeof each === "string");
  if (faulty >= 0) return { says: `${lines.length > 1 ? `Line ${faulty + 1}: ` : ""}${String(made[faulty])}` };
  return bounded(made);
}

/** Reads a ceiling that a person wrote as JSON. */
export function ceilingIn(json: string): Ceiling {
  try {
    const details: unknown = JSON.parse(json);
    if (Array.isArray(details) && details.length > 0) return bounded(details);
  } catch {
    // The sentence below is about this case, too.
  }
  return { says: "Write the most that it may get as a JSON list of authorization_details." };
}

const bounded = (details: readonly unknown[]): Ceiling => {
  if (details.length > MOST_LINES) return { says: `A consent may have ${MOST_LINES} lines.` };
  if (JSON.stringify(details).length > CEILING_CHARACTERS)
    return { says: `All lines together may have ${CEILING_CHARACTERS} characters as JSON. Choose less.` };
  return { details };
};

/** Makes the detail of a line. @returns a sentence where something is missing. */
function detailOf(line: Line): object | string {
  return line.kind === "aws" ? awsDetail(line) : toolDetail(line);
}

function awsDetail(line: Line): object | string {
  const account = line.account.trim();
  const [actions, resources] = [listIn(line.actions), arnsIn(line.resources)];
  if (!/^\d{12}$/.test(account)) return "Choose the account: its id has 12 digits.";
  if (actions.length === 0) return "Write an action, such as s3:GetObject.";
  if (actions.length > MOST_ACTIONS) return `A line may have ${MOST_ACTIONS} actions.`;
  const odd = actions.find((each) => !/^[A-Za-z0-9-]+:[A-Za-z0-9*-]+$/.test(each) || each.length > 128);
  if (odd !== undefined) return `${quoted(odd)} is no action. Write service:Name, such as s3:GetObject or s3:Get*.`;
  if (resources.length === 0) return "Write a resource: an ARN, or * for actions that have no resource.";
  if (resources.length > MOST_RESOURCES) return `A line may have ${MOST_RESOURCES} resources.`;
  const says = resources.map((each) => arnFault(each, account)).find((fault) => fault !== undefined);
  return says ?? { type: "aws", account, actions, resources };
}

/** Finds what is wrong with a resource; undefined where nothing is. */
function arnFault(arn: string, account: string): string | undefined {
  if (arn === "*") return undefined;
  const [, named] = /^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:[!-#%->@-~]+$/.exec(arn) ?? [undefined, "none"];
  if (named === "none" || arn.length > LIMITS.arnCharacters)
    return `${quoted(arn)} is no ARN. Write one such as arn:aws:s3:::acme-data/reports/*, with * after the fifth colon only.`;
  if (named !== undefined && named !== account) return `${quoted(arn)} is in another account than the line.`;
  return arn.split("*").length - 1 > ARN_WILDCARDS
    ? `${quoted(arn)} has more than ${ARN_WILDCARDS} asterisks.`
    : undefined;
}

function toolDetail(line: Line): object | string {
  const [server, tools] = [line.server.trim(), listIn(line.tools)];
  if (!/^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/.test(server)) return "Name the tool server by its id, such as tickets.";
  if (tools.length === 0) return "Write a tool, such as search.";
  if (tools.length > MOST_TOOLS) return `A line may have ${MOST_TOOLS} tools.`;
  const odd = tools.find((each) => !TOOL_NAME.test(each) || each.length > 128);
  return odd === undefined
    ? { type: "tool", server, tools }
    : `${quoted(odd)} is no tool's name: letters, digits and _ . : / -, no asterisks.`;
}

/** Splits names at spaces and commas, and leaves out repeats. */
const listIn = (text: string): readonly string[] => distinct(text.split(/[\s,]+/));

/** Splits ARNs. A comma inside an ARN is part of it. */
const arnsIn = (text: string): readonly string[] => distinct(text.trim().split(/,?\s+|,(?=arn:)|,$/));

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].filter((each) => each !== "");

const quoted = (text: string): string =>
  `"${visibleText(text.slice(0, MOST_QUOTED))}${text.length > MOST_QUOTED ? "…" : ""}"`;

/** Writes a detail of a reach as a line; undefined for one that no line makes again exactly. */
export function lineOf(detail: ReachedDetail): Line | undefined {
  const line: Line =
    "server" in detail
      ? { ...EMPTY_LINE, kind: "tool", server: detail.server, tools: detail.tools.join(", ") }
      : {
          ...EMPTY_LINE,
          account: detail.account,
          actions: detail.actions.join(", "),
          resources: detail.resources.join("\n"),
        };
  const made = ceilingOf([line]);
  return "details" in made && canonicalJson(made.details) === canonicalJson([detail]) ? line : undefined;
}

/** Adds a line, in the place of an empty one, or takes it away. One line is always left. */
export function withLine(lines: readonly Line[], line: Line, isIn: boolean): readonly Line[] {
  const others = lines.filter((each) => !isSame(each, line) && (!isIn || !isSame(each, EMPTY_LINE)));
  if (isIn) return [...others, line];
  return others.length === 0 ? [EMPTY_LINE] : others;
}

const isSame = (one: Line, other: Line): boolean => JSON.stringify(one) === JSON.stringify(other);
