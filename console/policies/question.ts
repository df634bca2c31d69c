import type { ShownAgent } from "../../contract/agents.ts";
import { quotedWord } from "../../contract/decision/typed-command.ts";
import type { Read } from "../../contract/operation.ts";
import type { PolicyQuestion } from "../../contract/policies.ts";

/** Fields of the form, as a person fills them. */
export interface QuestionFields {
  readonly agent: string;
  readonly account: string;
  readonly actions: string;
  readonly resources: string;
  /** `authorization_details` as JSON, in place of account, actions and resources; empty where these are used. */
  readonly details: string;
  readonly purpose: string;
  readonly sourceIp: string;
  readonly at: string;
  /** `issuer|person group, group`; empty where the agent acts for itself. */
  readonly person: string;
  readonly claims: string;
}

export const NO_QUESTION: QuestionFields = {
  agent: "",
  account: "",
  actions: "",
  resources: "",
  details: "",
  purpose: "",
  sourceIp: "",
  at: "",
  person: "",
  claims: "",
};

/** Body of the question, or a sentence about what is missing. */
export type Question = { readonly body: PolicyQuestion } | { readonly says: string };

/** Makes the question of the fields. */
export function questionOf(fields: QuestionFields): Question {
  const agent = fields.agent.trim();
  if (agent === "") return { says: "Name the agent." };
  const details = fields.details.trim() === "" ? awsDetail(fields) : jsonIn(fields.details, Array.isArray);
  if (details === undefined) return { says: "The details must be a JSON list, as an agent sends it." };
  if (typeof details === "string") return { says: details };
  const claims = fields.claims.trim() === "" ? null : jsonIn(fields.claims, isObject);
  if (claims === undefined) return { says: "The claims must be a JSON object." };
  const person = personIn(fields.person);
  if (person === undefined) return { says: "Write the person as issuer|person, and groups after a space." };
  const also = { purpose: fields.purpose.trim(), source_ip: fields.sourceIp.trim(), at: fields.at.trim() };
  return {
    body: {
      agent,
      authorization_details: details,
      ...Object.fromEntries(Object.entries(also).filter(([, text]) => text !== "")),
      ...(claims === null ? {} : { claims }),
      ...(person === null ? {} : { on_behalf_of: person }),
    },
  };
}

/** Makes the detail that an agent would send. @returns a sentence where something is missing. */
function awsDetail({ account, actions, resources }: QuestionFields): readonly object[] | string {
  const [named, on] = [listIn(actions), listIn(resources)];
  if (!/^\d{12}$/.test(account.trim())) return "Write the account, in 12 digits.";
  if (named.length === 0) return "Write an action, such as s3:GetObject.";
  if (on.length === 0) return "Write a resource: an ARN, or * where the action has none.";
  return [{ type: "aws", account: account.trim(), actions: named, resources: on }];
}

const listIn = (text: string): readonly string[] => text.split(/[\s,]+/).filter((each) => each !== "");

/** Reads the person; null where there is none, undefined where the text is no person. */
function personIn(text: string) {
  if (text.trim() === "") return null;
  const [, issuer, person, groups = ""] = /^([\w-]+)\|(\S+)(?:\s+(.*))?$/.exec(text.trim()) ?? [];
  if (issuer === undefined || person === undefined) return undefined;
  const named = listIn(groups);
  return { issuer, person, ...(named.length === 0 ? {} : { groups: named }) };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function jsonIn<T>(text: string, is: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return is(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the same question as a command, with quotes that a shell reads. A checkout does not know the agent, so that the command has its registration. */
export function commandOf(
  body: PolicyQuestion,
  { id, team, owner, labels }: Pick<Read<ShownAgent>, "id" | "team" | "owner" | "labels">,
): string {
  const { authorization_details: details, purpose, at, source_ip: sourceIp, claims, on_behalf_of: person } = body;
  const flags = [
    ["agent", JSON.stringify({ id, team, owner, labels, ...(claims ? { claims } : {}) })],
    ["intent", JSON.stringify(details)],
    ...(purpose === undefined ? [] : [["purpose", purpose]]),
    ...(at === undefined ? [] : [["at", at]]),
    ...(sourceIp === undefined ? [] : [["source-ip", sourceIp]]),
    ...(person === undefined ? [] : [["on-behalf-of", JSON.stringify(person)]]),
  ];
  return `npx valetkey policy explain policies ${flags.map(([name, value = ""]) => `--${name} ${quotedWord(value)}`).join(" ")} --prove`;
}
