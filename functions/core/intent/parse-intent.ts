import { parseArn } from "../catalogue/arn.ts";
import type { Deployment } from "../deployment.ts";
import { AGENT_ID } from "../identity/agent.ts";
import { Refusal } from "../refusal.ts";
import { type AwsDetail, type ConditionBlock, type Detail, LIMITS, type ToolDetail } from "./detail.ts";
import { parseConditions } from "./parse-conditions.ts";

/**
 * The intent as typed details; what no connector understands is refused, and so is a field that nobody asked for.
 * @param json the value of `authorization_details` (RFC 9396), unbelieved.
 * @throws {Refusal} intent_invalid, which names the detail and the field.
 */
export function parseIntent(json: string, accounts: Deployment["accounts"]): readonly Detail[] {
  const details = parseJson(json);
  if (!Array.isArray(details)) refuse("it must be a JSON array of objects");
  if (details.length === 0) refuse("it must hold at least one detail: say what the task needs");
  if (details.length > LIMITS.details) refuse(`it may hold ${LIMITS.details} details`);
  return details.map((detail, index) => parseDetail(detail, new Place(`[${index}]`), accounts));
}

function parseDetail(detail: unknown, place: Place, accounts: Deployment["accounts"]): Detail {
  if (!isRecord(detail)) return place.refuse("must be an object");
  switch (detail.type) {
    case "aws":
      return parseAws(detail, place, accounts);
    case "tool":
      return parseTool(detail, place);
    default:
      return place.at("type").refuse('must be "aws" or "tool"');
  }
}

function parseAws(detail: JsonObject, place: Place, accounts: Deployment["accounts"]): AwsDetail {
  place.refuseUnknown(detail, ["type", "account", "actions", "resources", "conditions"]);
  const account = detail.account;
  if (typeof account !== "string" || !/^\d{12}$/.test(account))
    return place.at("account").refuse("must be an account id of 12 digits");
  if (!accounts.some(({ id }) => id === account))
    return place.at("account").refuse("is not an account that this deployment hands out keys to");
  const actions = strings(detail.actions, place.at("actions"), 100, 128);
  const odd = actions.findIndex((action) => !/^[!-~]+$/.test(action));
  if (odd >= 0) return place.at(`actions[${odd}]`).refuse("must be written in printable ASCII");
  const resources = strings(detail.resources, place.at("resources"), 100, LIMITS.arnCharacters);
  for (const [index, resource] of resources.entries()) {
    if (resource === "*") continue;
    const arn = parseArn(resource);
    if ("problem" in arn) return place.at(`resources[${index}]`).explain(arn.problem);
    if (arn.account !== "" && arn.account !== account) {
      return place.at(`resources[${index}]`).refuse("names another account than the detail does");
    }
  }
  const conditions =
    detail.conditions === undefined ? undefined : readConditions(detail.conditions, place.at("conditions"));
  return { type: "aws", account, actions, resources, ...(conditions ? { conditions } : {}) };
}

function parseTool(detail: JsonObject, place: Place): ToolDetail {
  place.refuseUnknown(detail, ["type", "server", "tools"]);
  const server = detail.server;
  if (typeof server !== "string" || !AGENT_ID.test(server)) {
    return place.at("server").refuse("must be the registered id of a tool server (2 to 64 of a-z, 0-9 and -)");
  }
  const tools = strings(detail.tools, place.at("tools"), 50, 128);
  const odd = tools.findIndex((tool) => !/^[A-Za-z0-9_.:/-]+$/.test(tool));
  if (odd >= 0)
    return place.at(`tools[${odd}]`).refuse("must be a tool's name: letters, digits and _ . : / -, no wildcards");
  return { type: "tool", server, tools };
}

function readConditions(value: unknown, place: Place): ConditionBlock {
  const conditions = parseConditions(value);
  return "problem" in conditions ? place.refuse(conditions.problem) : conditions.block;
}

/** A list of strings without repeats: `["s3:GetObject"]`. */
function strings(value: unknown, place: Place, most: number, mostCharacters: number): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) return place.refuse("must be a list of at least one string");
  if (value.length > most) return place.refuse(`may hold ${most} entries`);
  for (const [index, entry] of value.entries()) {
    if (typeof entry !== "string" || entry.length === 0)
      return place.at(`[${index}]`).refuse("must be a string that is not empty");
    if (entry.length > mostCharacters) return place.at(`[${index}]`).refuse(`may have ${mostCharacters} characters`);
  }
  return [...new Set(value as string[])];
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return refuse("it must be JSON");
  }
}

type JsonObject = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where in the intent something is wrong: `authorization_details[0].actions`. */
class Place {
  readonly #path: string;
  constructor(path: string) {
    this.#path = path;
  }
  at(step: string): Place {
    return new Place(step.startsWith("[") ? this.#path + step : `${this.#path}.${step}`);
  }
  refuse(what: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path} ${what}.` });
  }
  explain(problem: string): never {
    throw new Refusal("intent_invalid", { say: `authorization_details${this.#path}: ${problem}` });
  }
  refuseUnknown(detail: JsonObject, known: readonly string[]): void {
    // The unknown name itself is not repeated: it is the caller's text, and could be anything.
    if (Object.keys(detail).some((name) => !known.includes(name))) this.refuse(`may hold only ${known.join(", ")}`);
  }
}

function refuse(what: string): never {
  throw new Refusal("intent_invalid", { say: `authorization_details: ${what}.` });
}
