import { CONDITION_NAME } from "../names.ts";
import { type DescribedRow, grantInWords, rowOf } from "./request-in-words.ts";

/** Days for which a consent lives by default. */
const USUAL_DAYS = 30;

/** Act of an operator, as a link carries it: a POST to a path of the API. */
export interface OperatorAct {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Act as a person reads it. Together, title and rows hold every value of the act. */
export interface DescribedAct {
  readonly title: string;
  /** Consequence of the act. */
  readonly means: string;
  readonly rows: readonly DescribedRow[];
}

/** Acts on one agent, by the end of their paths. */
const ON_AGENT = {
  "": [
    "Change the agent",
    "From now on, these fields have the values that are shown here. Other fields stay as they are.",
  ],
  "/resume": [
    "Resume the agent",
    "It may start tasks again. Its tasks and credentials from before the suspension stay dead.",
  ],
  "/offboard": ["Offboard the agent", "This ends everything that the agent has, for good. Nobody can undo it."],
} as const;

/** Ends of the paths of acts that may have no body, of those that may have one, and of those with a reason alone. */
const BODILESS: readonly string[] = ["/resume", "/offboard"];
const WITH_BODY: readonly string[] = ["", "/offboard"];
const WITH_REASON: readonly string[] = ["/resume"];

const AGENT = /^[a-z0-9][a-z0-9-]{0,62}[a-z0-9]$/;
const AGENT_ACT = /^\/v1\/agents\/([a-z0-9](?:[a-z0-9-]{0,62})[a-z0-9])(|\/resume|\/offboard)$/;

const THREAT_MODEL = /^\/v1\/agents\/([a-z0-9](?:[a-z0-9-]{0,62})[a-z0-9])\/threat-model$/;
const CONSENTS = "/v1/consents";
const CONDITION = new RegExp(`^/v1/conditions/(${CONDITION_NAME.source.slice(1, -1)})/loosen$`);
const ACCOUNT_LIFT = /^\/v1\/accounts\/(\d{12})\/lift$/;

/**
 * Describes an act in words, from the act alone. Shows a field that this program does not know as it is, so that nothing of an act is left out.
 * @returns undefined for an act that this program does not know: nobody votes for an act that cannot be described.
 */
export function actInWords({ path, body }: OperatorAct): DescribedAct | undefined {
  const isEmpty = Object.keys(body).length === 0;
  if (path === "/v1/panic/lift")
    return isEmpty
      ? {
          title: "Lift the panic",
          means: "Agents get credentials again, a minute later. Credentials from before the panic stay dead.",
          rows: [],
        }
      : undefined;
  const [, account] = ACCOUNT_LIFT.exec(path) ?? [];
  if (account !== undefined)
    return isEmpty
      ? {
          title: `Lift the halt of the account ${account}`,
          means: "Agents get credentials in this account again. Events from before the lift do not halt it again.",
          rows: [],
        }
      : undefined;
  const [, condition] = CONDITION.exec(path) ?? [];
  if (condition !== undefined) return loosenedInWords(condition, body);
  const [, modelled] = THREAT_MODEL.exec(path) ?? [];
  if (modelled !== undefined) return acceptanceInWords(modelled, body);
  if (path === CONSENTS) return consentInWords(body);
  if (path === "/v1/agents") {
    const { id, ...fields } = body;
    // The page shows the id in its title and on its button, outside the box of what a link wrote.
    if (typeof id !== "string" || !AGENT.test(id)) return undefined;
    return {
      title: `Register the agent ${id}`,
      means: "From now on, a token with one of these bindings acts as this agent.",
      rows: rowsOf(fields),
    };
  }
  const [, agent, end] = AGENT_ACT.exec(path) ?? [];
  const hasReasonAlone = Object.keys(body).every((name) => name === "reason");
  const ends = isEmpty ? BODILESS : hasReasonAlone ? [...WITH_BODY, ...WITH_REASON] : WITH_BODY;
  if (agent === undefined || end === undefined || !ends.includes(end)) return undefined;
  const [title, means] = ON_AGENT[end as keyof typeof ON_AGENT];
  const defaults = "limits" in body ? " Limits that are not listed go back to their defaults." : "";
  return { title: `${title} ${agent}`, means: means + defaults, rows: rowsOf(body) };
}

/** True for an act that the exchange performs. The exchange also takes the code of a sign-in where the hub redeems codes. */
export const takesCode = ({ path }: Pick<OperatorAct, "path">): boolean => path === CONSENTS || THREAT_MODEL.test(path);

/** Describes the change of a condition. Only a condition that permits more is set here, and that for a time; one that restricts is lifted. */
const loosenedInWords = (condition: string, body: OperatorAct["body"]): DescribedAct => ({
  title: `${"seconds" in body ? "Set" : "Lift"} the condition ${condition}`,
  means: "From now on, agents in this place may be permitted more than before, as policies say.",
  rows: rowsOf(body),
});

/** Describes the acceptance of a threat model. Returns undefined for one without registration, reach, connectors or deployment. */
function acceptanceInWords(
  agent: string,
  { reach, connectors, deployment, registration, ...fields }: OperatorAct["body"],
) {
  if (typeof registration !== "string" || !isNamed(reach) || !isNamed(connectors) || !isNamed(deployment))
    return undefined;
  return {
    title: `Accept the threat model of the agent ${agent}`,
    means: `In production, the agent may get everything that this model lists, until its reach, its registration or the configuration changes. Read the model first: npx valetkey threat-model ${agent}`,
    rows: [
      ...rowsOf({ ...fields, registration }),
      ...Object.entries(reach).map(([name, hash]) => rowOf([`Reach of ${name}`, hash])),
      ...Object.entries(connectors).map(([type, hash]) => rowOf([`Connector ${type}`, hash])),
      ...Object.entries(deployment).map(([name, hash]) => rowOf([`Configuration of ${name}`, hash])),
    ],
  };
}

const isNamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Describes a consent. Returns undefined for one without an agent or a ceiling, or whose days are no number. */
function consentInWords({ agent, authorization_details: ceiling, days = USUAL_DAYS, ...fields }: OperatorAct["body"]) {
  if (typeof agent !== "string" || !AGENT.test(agent) || typeof days !== "number") return undefined;
  if (!Array.isArray(ceiling) || ceiling.length === 0) return undefined;
  return {
    title: `Let the agent ${agent} act for you`,
    means: `For ${days} days, it may do for you what is listed here, and nothing more. Policy must also permit it to both of you. You can withdraw this at any time.`,
    rows: [
      ...rowsOf(fields),
      ...ceiling.map(grantInWords).map(({ title, rows }) => ({
        name: title,
        values: rows.flatMap(({ name, values }) =>
          values.map(({ text, remark }) => ({
            text: `${name}: ${text}${remark === undefined ? "" : ` (${remark})`}`,
          })),
        ),
      })),
    ],
  };
}

/** Describes the fields, an empty list too, since an empty list takes something away. */
const rowsOf = (fields: Readonly<Record<string, unknown>>): readonly DescribedRow[] =>
  Object.entries(fields).map(([name, value]) =>
    rowOf([NAMES.get(name) ?? name, name === "ends_at" && value === null ? "no end" : value]),
  );

const NAMES = new Map([
  ["name", "Name"],
  ["owner", "Owner"],
  ["contact", "Contact"],
  ["team", "Team"],
  ["labels", "Labels"],
  ["bindings", "Bindings"],
  ["registration", "Registration"],
  ["ends_at", "Ends at"],
  ["limits", "Limits"],
  ["reason", "Reason"],
  ["purpose", "Purpose"],
]);
