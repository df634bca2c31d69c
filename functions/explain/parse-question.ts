import { LIMITS, TASK_SECONDS } from "../../contract/limits.ts";
import { AGENT_ID } from "../../contract/names.ts";
import { defined } from "../core/defined.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { isSamePerson } from "../core/identity/person.ts";
import { isRecord, type JsonObject } from "../core/intent/place.ts";
import type { OnBehalf } from "../core/people/on-behalf.ts";
import { Refusal } from "../core/refusal.ts";
import { isIpAddress } from "../core/text/ip-address.ts";
import { isPlainText } from "../core/text/plain-text.ts";

/** Question about a request that an agent might make. */
export interface Question {
  readonly agent: string;
  /** `authorization_details` that the agent would send. */
  readonly intent: readonly unknown[];
  readonly purpose: string;
  readonly ttlSeconds: number;
  readonly atMs: number;
  readonly sourceIp?: string;
  /** Claims of the agent's token; those of its binding unless given. */
  readonly claims?: JsonObject;
  readonly onBehalf?: OnBehalf;
}

const FIELDS = ["agent", "authorization_details", "purpose", "task_ttl", "at", "source_ip", "claims", "on_behalf_of"];
const PERSON_FIELDS = ["issuer", "person", "groups"];
/** Purpose of a question that names none. */
const ANY_PURPOSE = "a question of an operator";
const ADDRESS_CHARACTERS = 45;
const NAME_CHARACTERS = 256;
const MOST_GROUPS = 100;

/**
 * Parses the body of `POST /v1/policies/explain`, except for the intent, which is parsed when it is decided.
 * @throws {Refusal} malformed_request, which names the field and never quotes it.
 */
export function parseQuestion(body: JsonObject, nowMs: number, deployment: Deployment): Question {
  onlyFields(body, FIELDS, "The fields");
  const { agent, authorization_details: intent, purpose = ANY_PURPOSE, task_ttl: ttl = TASK_SECONDS.default } = body;
  if (typeof agent !== "string" || !AGENT_ID.test(agent)) return refuse("agent must be an agent's id.");
  if (!Array.isArray(intent)) return refuse("authorization_details must be a list, as an agent sends it.");
  if (!isText(purpose, LIMITS.purposeCharacters))
    return refuse(`purpose must have 1 to ${LIMITS.purposeCharacters} characters and no control characters.`);
  if (!Number.isInteger(ttl) || Number(ttl) < 1 || Number(ttl) > TASK_SECONDS.most)
    return refuse(`task_ttl must be a whole number of seconds from 1 to ${TASK_SECONDS.most}.`);
  const { source_ip: sourceIp, claims, on_behalf_of: person } = body;
  if (sourceIp !== undefined && !(isText(sourceIp, ADDRESS_CHARACTERS) && isIpAddress(sourceIp)))
    return refuse("source_ip must be an address, such as 203.0.113.7 or 2001:db8::1.");
  if (claims !== undefined && !isRecord(claims)) return refuse("claims must be an object.");
  return {
    agent,
    intent,
    purpose,
    ttlSeconds: Number(ttl),
    atMs: instantIn(body.at, nowMs),
    ...defined({ sourceIp, claims }),
    ...(person === undefined ? {} : { onBehalf: personIn(person, nowMs, deployment) }),
  };
}

function instantIn(at: unknown, nowMs: number): number {
  if (at === undefined) return nowMs;
  const atMs = typeof at === "string" && at.length <= 40 ? Date.parse(at) : Number.NaN;
  return Number.isNaN(atMs) ? refuse("at must be an instant such as 2026-11-24T12:00:00Z.") : atMs;
}

/** Reads the person for whom the agent would act. Groups are the names that the person's issuer uses. */
function personIn(given: unknown, nowMs: number, { issuers, operators }: Deployment): OnBehalf {
  if (!isRecord(given)) return refuse("on_behalf_of must be an object.");
  onlyFields(given, PERSON_FIELDS, "The fields of on_behalf_of");
  const { person: value, groups = [] } = given;
  const issuer = issuers.find(({ name, kind }) => kind === "people" && name === given.issuer)?.name;
  if (issuer === undefined) return refuse("on_behalf_of.issuer must be the name of a people's issuer.");
  if (!isText(value, NAME_CHARACTERS)) return refuse("on_behalf_of.person must be the value of the person's claim.");
  const areGroups = Array.isArray(groups) && groups.length <= MOST_GROUPS;
  if (!areGroups || !groups.every((each): each is string => isText(each, NAME_CHARACTERS)))
    return refuse(`on_behalf_of.groups must be a list of at most ${MOST_GROUPS} texts.`);
  return {
    issuer,
    value,
    groups: groups.map((group) => `${issuer}|${group}`),
    provenAt: Math.floor(nowMs / 1_000),
    isFirst: operators.some(({ issuer: of, subject }) =>
      isSamePerson({ issuer: of, value: subject }, { issuer, value }),
    ),
  };
}

const isText = (value: unknown, most: number): value is string =>
  typeof value === "string" && value.trim() !== "" && [...value].length <= most && isPlainText(value);

/** Refuses unknown fields. The refusal does not quote an unknown name, which is untrusted text. */
function onlyFields(given: JsonObject, fields: readonly string[], what: string): void {
  if (Object.keys(given).some((name) => !fields.includes(name))) refuse(`${what} are ${fields.join(", ")}.`);
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
