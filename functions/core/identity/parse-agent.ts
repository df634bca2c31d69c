import { isAgentId } from "../../../contract/agent-id.ts";
import { DEFAULT_LIMITS, MOST_LABELS, TASK_SECONDS } from "../../../contract/limits.ts";
import { LABEL } from "../../../contract/names.ts";
import { defined } from "../defined.ts";
import { EMPTY_CHAIN } from "../journal/event.ts";
import { Refusal } from "../refusal.ts";
import { isoSeconds } from "../text/iso-seconds.ts";
import { hasUnseen, isPlainText } from "../text/plain-text.ts";
import type { Agent, AgentLimits, Binding } from "./agent.ts";
import { overlap } from "./bindings.ts";
import { canBeLookedUp } from "./check-claims.ts";
import type { Issuer } from "./issuer.ts";
import { personNamed } from "./person.ts";

type Json = Readonly<Record<string, unknown>>;

/** Fields of a registration. */
export const AGENT_FIELDS: readonly string[] = [
  "id",
  "name",
  "owner",
  "contact",
  "team",
  "labels",
  "bindings",
  "ends_at",
  "limits",
];

/**
 * Parses a registration: `{id, name, owner, contact?, team, bindings: [{issuer, claims}], labels?, ends_at?, limits?}`.
 * @throws {Refusal} agent_invalid, which names the field and its required form.
 */
export function parseAgent(body: Json, issuers: readonly Issuer[], nowSeconds: number): Agent {
  if (Object.keys(body).some((name) => !AGENT_FIELDS.includes(name)))
    refuse(`The fields are ${AGENT_FIELDS.join(", ")}.`);
  const id = text(body, "id", 64);
  if (!isAgentId(id)) refuse("id must have 2 to 64 of a-z, 0-9 and -, and begin and end with a letter or digit.");
  return {
    id,
    name: text(body, "name", 128),
    owner: parseOwner(body, issuers),
    ...(body.contact === undefined ? {} : { contact: text(body, "contact", 256) }),
    team: seenText(body, "team", 64),
    bindings: parseBindings(body.bindings, issuers),
    ...(body.labels === undefined ? {} : parseLabels(body.labels)),
    status: "active",
    ...(body.ends_at === undefined ? {} : { endsAt: parseEnd(body.ends_at, nowSeconds) }),
    limits: body.limits === undefined ? DEFAULT_LIMITS : parseLimits(body.limits),
    createdAt: Math.floor(nowSeconds),
    chain: EMPTY_CHAIN,
  };
}

const CHANGEABLE = ["name", "owner", "contact", "team", "labels", "ends_at", "limits"];

/**
 * Parses a change and returns the changed agent: `{name?, owner?, contact?, team?, labels?, ends_at?, limits?}`. Labels
 * replace all earlier ones, `ends_at: null` removes the end, and limits that are not given get their defaults. The id
 * and the bindings cannot change: the registration fixes the agent's identity.
 * @throws {Refusal} agent_invalid, which names the field and its required form.
 */
export function parseAgentChange(
  body: Json,
  agent: Agent,
  issuers: readonly Pick<Issuer, "name" | "kind">[],
  nowSeconds: number,
): Agent {
  const names = Object.keys(body);
  if (names.length === 0 || names.some((name) => !CHANGEABLE.includes(name)))
    refuse(`What can be changed is ${CHANGEABLE.join(", ")}; another identity is another agent.`);
  const { endsAt, labels, ...rest } = agent;
  const end =
    body.ends_at === undefined ? endsAt : body.ends_at === null ? undefined : parseEnd(body.ends_at, nowSeconds);
  return {
    ...rest,
    ...(body.name === undefined ? {} : { name: text(body, "name", 128) }),
    ...(body.owner === undefined ? {} : { owner: parseOwner(body, issuers) }),
    ...(body.contact === undefined ? {} : { contact: text(body, "contact", 256) }),
    ...(body.team === undefined ? {} : { team: seenText(body, "team", 64) }),
    ...(body.labels === undefined ? labels && { labels } : parseLabels(body.labels)),
    ...defined({ endsAt: end }),
    ...(body.limits === undefined ? {} : { limits: parseLimits(body.limits) }),
  };
}

/**
 * Parses an owner. A text with a bar must name a person: a misspelt issuer would leave the agent with an unknown owner.
 */
function parseOwner(body: Json, issuers: readonly Pick<Issuer, "name" | "kind">[]): string {
  const owner = seenText(body, "owner", 256);
  if (owner.includes("|") && personNamed(owner, issuers) === undefined)
    refuse(
      "owner names a person as issuer|person, with the name of a people's issuer and the value of its person claim.",
    );
  return owner;
}

function parseBindings(value: unknown, issuers: readonly Issuer[]): readonly Binding[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > 20) refuse("bindings must be a list of 1 to 20.");
  const bindings = value.map((entry, index) => parseBinding(entry, `bindings[${index}]`, issuers));
  const twins = bindings.some((a, i) =>
    bindings.slice(i + 1).some((b) => a.issuer === b.issuer && overlap(a.claims, b.claims)),
  );
  if (twins) refuse("Two of the bindings could match one token; leave one out.");
  return bindings;
}

function parseBinding(value: unknown, place: string, issuers: readonly Issuer[]): Binding {
  if (!isRecord(value)) return refuse(`${place} must be an object {issuer, claims}.`);
  if (Object.keys(value).some((name) => name !== "issuer" && name !== "claims"))
    refuse(`${place} has the fields issuer and claims.`);
  const issuer = issuers.find(({ name }) => name === value.issuer);
  if (!issuer) return refuse(`${place}.issuer must be the name of a configured issuer.`);
  if (issuer.kind !== "agents") return refuse(`${place}.issuer is a people's issuer, which never binds to an agent.`);
  if (!isRecord(value.claims))
    return refuse(`${place}.claims must be an object of claim names and the values they must have.`);
  const claims = Object.entries(value.claims);
  if (claims.length > 10) refuse(`${place}.claims may hold 10 claims.`);
  for (const [name, required] of claims) {
    if (name === "" || name.length > 256)
      refuse(`${place}.claims has a name that is empty or longer than 256 characters.`);
    // A store client that builds objects by assignment would lose this claim, and the binding would then require less.
    if (name === "__proto__") refuse(`${place}.claims has the name __proto__, which cannot be stored.`);
    if (typeof required !== "string" || required === "" || required.length > 512 || !canBeLookedUp(required)) {
      refuse(
        `${place}.claims must have strings of 1 to 512 characters as values; they are compared exactly, there are no wildcards.`,
      );
    }
    if (required.includes("*"))
      refuse(`${place}.claims holds a *; values are compared exactly, there are no wildcards.`);
  }
  if (!claims.some(([name]) => name === issuer.pin)) {
    refuse(`${place}.claims must name ${issuer.pin}: by it agents of the issuer "${issuer.name}" are found.`);
  }
  return { issuer: issuer.name, claims: Object.fromEntries(claims) as Record<string, string> };
}

/** Parses labels, and sorts them, since their order has no meaning. An agent without labels has no such field. */
function parseLabels(value: unknown): Pick<Agent, "labels"> {
  const isLabel = (each: unknown): each is string => typeof each === "string" && LABEL.test(each);
  if (
    !Array.isArray(value) ||
    value.length > MOST_LABELS ||
    !value.every(isLabel) ||
    new Set(value).size < value.length
  )
    return refuse(
      `labels must be a list of ${MOST_LABELS} different labels at most, each of 1 to 64 of a-z, 0-9 and -, which begins and ends with a letter or digit.`,
    );
  return value.length === 0 ? {} : { labels: value.toSorted() };
}

function parseEnd(value: unknown, nowSeconds: number): number {
  const at = typeof value === "string" ? Date.parse(value) / 1_000 : Number.NaN;
  // The time must be equal when written again: `Date.parse` accepts the 30th of February as the 2nd of March.
  if (!Number.isFinite(at) || isoSeconds(at) !== value)
    refuse("ends_at must be a time in UTC such as 2027-06-30T00:00:00Z.");
  if (at <= nowSeconds) refuse("ends_at must be in the future.");
  return at;
}

function parseLimits(value: unknown): AgentLimits {
  if (!isRecord(value)) return refuse("limits must be an object.");
  const fields = ["live_tasks", "task_seconds", "tasks_per_minute"];
  if (Object.keys(value).some((name) => !fields.includes(name))) refuse(`limits has the fields ${fields.join(", ")}.`);
  return {
    liveTasks: count(value.live_tasks, "limits.live_tasks", 1_000, DEFAULT_LIMITS.liveTasks),
    taskSeconds: count(value.task_seconds, "limits.task_seconds", TASK_SECONDS.most, DEFAULT_LIMITS.taskSeconds),
    tasksPerMinute: count(value.tasks_per_minute, "limits.tasks_per_minute", 6_000, DEFAULT_LIMITS.tasksPerMinute),
  };
}

function count(value: unknown, name: string, most: number, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most)
    return refuse(`${name} must be a whole number from 1 to ${most}.`);
  return value;
}

function text(body: Json, name: string, most: number): string {
  const value = body[name];
  if (typeof value !== "string" || value.trim() === "" || value.length > most || !isPlainText(value)) {
    return refuse(`${name} must be a string of 1 to ${most} characters without control characters.`);
  }
  return value;
}

/** Reads a text that policy compares, or that names a person: two that look alike must be one. */
function seenText(body: Json, name: string, most: number): string {
  const value = text(body, name, most);
  if (value.trim() === value && !hasUnseen(value)) return value;
  return refuse(`${name} must have no invisible characters, and no white space at an end.`);
}

const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refuse(say: string): never {
  throw new Refusal("agent_invalid", { say });
}
