import { type AgentId, isAgentId } from "../../../contract/agent-id.ts";
import { BUDGET_SCOPES, CONDITION_NAME, LABEL, SHORT_NAME } from "../../../contract/names.ts";
import type { Holding } from "../../core/conditions/holding.ts";
import { defined } from "../../core/defined.ts";
import type { OnBehalf } from "../../core/people/on-behalf.ts";
import { parseDuration } from "../../core/policy/obligations.ts";
import type { KnownCondition } from "../read/known-config.ts";
import type { Place } from "./place.ts";
import { readAll, readEach } from "./read-all.ts";

/** Request as an agent would make it, with everything that policies can read. */
export interface Request {
  readonly title: string;
  readonly agent: RequestAgent;
  /** `authorization_details`, as they would be sent. */
  readonly intent: readonly unknown[];
  readonly purpose: string;
  readonly ttlSeconds: number;
  readonly sourceIp?: string;
  /** Person for whom the agent acts. */
  readonly onBehalf?: OnBehalf;
  readonly atMs: number;
  /** Names of the conditions that hold, in every account; none where absent. */
  readonly conditions?: readonly string[];
  /** Grants that budgets have counted already, by the budget's name, or its name and scope (`deploys hub`); none where absent. */
  readonly spent?: Readonly<Record<string, number>>;
  /** Labels that the agent's keys hold already; none where absent. */
  readonly held?: readonly string[];
  readonly mode: "all" | "narrow";
}

export interface RequestAgent {
  readonly id: AgentId;
  readonly team: string;
  readonly owner: string;
  /** No labels where absent. */
  readonly labels?: readonly string[];
  /** Claims of its token. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Moment of cases without `at`: Tuesday, 24 November 2026, noon UTC. A fixed moment gives the same answer for ever. */
const NOON = "2026-11-24T12:00:00Z";
export const ANY_PURPOSE = "a case of the workbench";
export const NOON_MS = Date.parse(NOON);

/** @throws {Problem} that names the field. */
export function readAgent(value: unknown, place: Place): RequestAgent {
  const given = place.record(value, ["id", "team", "owner", "labels", "claims"]);
  return readAll({
    id: () => idIn(given.id, place.at("id")),
    team: () => place.at("team").text(given.team),
    owner: () => (given.owner === undefined ? "owner@example.com" : place.at("owner").text(given.owner)),
    labels: () =>
      readEach(place.at("labels").list(given.labels ?? []), (each, index) =>
        labelIn(each, place.at("labels").at(index)),
      ),
    claims: () => (given.claims === undefined ? {} : place.at("claims").anyRecord(given.claims)),
  });
}

function idIn(value: unknown, place: Place): AgentId {
  const id = place.text(value);
  if (!isAgentId(id)) throw place.problem("must be an agent's id: 2 to 64 of a-z, 0-9 and -, with no - at its ends");
  return id;
}

function labelIn(value: unknown, place: Place): string {
  const label = place.text(value);
  if (!LABEL.test(label)) throw place.problem("must be a label: a-z, 0-9 and -");
  return label;
}

export type Circumstances = Pick<Request, "purpose" | "ttlSeconds" | "atMs"> &
  Partial<Pick<Request, "sourceIp" | "onBehalf" | "conditions" | "spent" | "held">>;

/**
 * @param known conditions of `valetkey.json`, of which a request may name no others; undefined where they are not known.
 * @throws {Problem} that names the field.
 */
export function readCircumstances(
  value: unknown,
  place: Place,
  known: readonly KnownCondition[] | undefined,
): Circumstances {
  const given =
    value === undefined
      ? {}
      : place.record(value, ["purpose", "ttl", "sourceIp", "at", "onBehalfOf", "conditions", "budgets", "labels"]);
  const { sourceIp, onBehalf, conditions, spent, held, ...read } = readAll({
    purpose: () => (given.purpose === undefined ? ANY_PURPOSE : place.at("purpose").text(given.purpose)),
    ttlSeconds: () => readTtl(given.ttl, place.at("ttl")),
    atMs: () => readInstant(given.at, place.at("at")),
    sourceIp: () => (given.sourceIp === undefined ? undefined : place.at("sourceIp").text(given.sourceIp)),
    conditions: () =>
      given.conditions === undefined ? undefined : readConditions(given.conditions, place.at("conditions"), known),
    held: () => (given.labels === undefined ? undefined : readLabels(given.labels, place.at("labels"))),
    spent: () => (given.budgets === undefined ? undefined : readSpent(given.budgets, place.at("budgets"))),
    onBehalf: () => (given.onBehalfOf === undefined ? undefined : readPerson(given.onBehalfOf, place.at("onBehalfOf"))),
  });
  return { ...read, ...defined({ sourceIp, conditions, spent, held }), ...(onBehalf ? { onBehalf } : {}) };
}

/** Returns the conditions of a request: each holds in every account. */
export const holdingOf = ({ conditions = [] }: Pick<Request, "conditions">): Holding => ({
  everywhere: conditions,
  accounts: {},
});

const readConditions = (
  value: unknown,
  place: Place,
  known: readonly KnownCondition[] | undefined,
): readonly string[] =>
  readEach(place.list(value), (each, index) => {
    const name = place.at(index).text(each);
    if (!CONDITION_NAME.test(name)) throw place.at(index).problem("must be a condition's name: a-z, 0-9 and -");
    if (known === undefined || known.some((condition) => condition.name === name)) return name;
    const names = known.map((condition) => condition.name).join(", ") || "none";
    throw place.at(index).problem(`is "${name}", which valetkey.json does not define; its conditions: ${names}`);
  });

/** Reads the labels that the agent's keys hold. */
const readLabels = (value: unknown, place: Place): readonly string[] =>
  readEach(place.list(value), (each, index) => {
    const label = place.at(index).text(each);
    if (CONDITION_NAME.test(label)) return label;
    throw place.at(index).problem(`must be a label: ${SHORT_NAME.words}`);
  });

/** Reads what budgets have counted: `{"deploys": 3}`, or `{"deploys hub": 9}` for one scope. */
const readSpent = (value: unknown, place: Place): Readonly<Record<string, number>> =>
  Object.fromEntries(
    readEach(Object.entries(place.anyRecord(value)), ([name, count]) => {
      if (!BUDGET_KEY.test(name))
        throw place.at(name).problem('must be a budget\'s name, or its name and scope: "deploys hub"');
      if (typeof count !== "number" || !Number.isInteger(count) || count < 0)
        throw place.at(name).problem("must be a whole number of grants");
      return [name, count];
    }),
  );

const BUDGET_KEY = new RegExp(`^${SHORT_NAME.pattern}(?: (?:${BUDGET_SCOPES.join("|")}))?$`);

/** Reads a person as policies see them: `{"issuer": "staff", "person": "u-1", "groups": ["support"]}`. Groups are those of the issuer. */
function readPerson(value: unknown, place: Place): OnBehalf {
  const given = place.record(value, ["issuer", "person", "groups", "firstOperator"]);
  const { issuer, groups, ...read } = readAll({
    issuer: () => place.at("issuer").text(given.issuer),
    value: () => place.at("person").text(given.person),
    groups: () =>
      readEach(place.at("groups").list(given.groups ?? []), (each, index) => place.at("groups").at(index).text(each)),
    isFirst: () => readFlag(given.firstOperator, place.at("firstOperator")),
  });
  return { ...read, issuer, groups: groups.map((group) => `${issuer}|${group}`), provenAt: 0 };
}

function readFlag(value: unknown, place: Place): boolean {
  if (value === undefined || typeof value === "boolean") return value ?? false;
  throw place.problem("must be true or false");
}

function readInstant(value: unknown, place: Place): number {
  const atMs = Date.parse(value === undefined ? NOON : place.text(value));
  if (Number.isNaN(atMs)) throw place.problem(`must be an instant such as ${NOON}`);
  return atMs;
}

function readTtl(value: unknown, place: Place): number {
  if (value === undefined) return 900;
  const text = typeof value === "string" ? value : "";
  const seconds = typeof value === "number" ? value : /^\d+$/.test(text) ? Number(text) : parseDuration(text);
  if (seconds === undefined || !Number.isInteger(seconds) || seconds < 1 || seconds > 43_200)
    throw place.problem('must be a whole number of seconds, or such as "15m" or "1h", 43200 s at most');
  return seconds;
}

/** Reads the mode; `all` by default. @throws {Problem} for any other value than `all` and `narrow`. */
export function readMode(value: unknown, place: Place): Request["mode"] {
  if (value === undefined) return "all";
  if (value === "all" || value === "narrow") return value;
  throw place.problem('must be "all" or "narrow"');
}
