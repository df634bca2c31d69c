import type { AgentId } from "../../contract/agent-id.ts";
import { TASK_SECONDS } from "../../contract/limits.ts";
import type { ReadQuestion } from "../../contract/policies.ts";
import { defined } from "../core/defined.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { isSamePerson } from "../core/identity/person.ts";
import type { JsonObject } from "../core/intent/place.ts";
import type { OnBehalf } from "../core/people/on-behalf.ts";
import { Refusal } from "../core/refusal.ts";
import { isIpAddress } from "../core/text/ip-address.ts";

/** Question about a request that an agent might make. */
export interface Question {
  readonly agent: AgentId;
  /** `authorization_details` that the agent would send. */
  readonly intent: readonly unknown[];
  readonly purpose: string;
  readonly ttlSeconds: number;
  readonly atMs: number;
  readonly sourceIp?: string;
  /** Conditions of the world that would hold; none where absent. */
  readonly conditions?: readonly string[];
  /** Claims of the agent's token; those of its binding unless given. */
  readonly claims?: JsonObject;
  readonly onBehalf?: OnBehalf;
}

/** Purpose of a question that names none. */
const ANY_PURPOSE = "a question of an operator";

/**
 * Parses a question, except for the intent, which is parsed when it is decided.
 * @throws {Refusal} malformed_request, which names the field and never quotes it.
 */
export function parseQuestion(body: ReadQuestion, nowMs: number, deployment: Deployment): Question {
  const {
    agent,
    authorization_details: intent,
    purpose = ANY_PURPOSE,
    task_ttl: ttlSeconds = TASK_SECONDS.default,
  } = body;
  const { source_ip: sourceIp, conditions, claims, on_behalf_of: person } = body;
  if (sourceIp !== undefined && !isIpAddress(sourceIp))
    return refuse("source_ip must be an address, such as 203.0.113.7 or 2001:db8::1.");
  const defines = (name: string) => deployment.conditions?.some((each) => each.name === name) ?? false;
  if (conditions?.every(defines) === false)
    return refuse("conditions must be names of conditions that valetkey.json defines: GET /v1/conditions lists them.");
  const atMs = body.at === undefined ? nowMs : Date.parse(body.at);
  // Date.parse knows fewer forms of an offset than the contract.
  if (Number.isNaN(atMs)) return refuse("at must be an instant such as 2026-11-24T12:00:00Z.");
  return {
    agent,
    intent,
    purpose,
    ttlSeconds,
    atMs,
    ...defined({ sourceIp, conditions, claims, onBehalf: person && personIn(person, nowMs, deployment) }),
  };
}

/** Reads the person for whom the agent would act. Groups are the names that the person's issuer uses. */
function personIn(
  { issuer: named, person: value, groups = [] }: NonNullable<ReadQuestion["on_behalf_of"]>,
  nowMs: number,
  { issuers, operators }: Deployment,
): OnBehalf {
  const issuer = issuers.find(({ name, kind }) => kind === "people" && name === named)?.name;
  if (issuer === undefined) return refuse("on_behalf_of.issuer must be the name of a people's issuer.");
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

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
