import { isAgentId } from "../../../contract/agent-id.ts";
import { LIMITS, MOST_RESOURCES, MOST_TOOLS } from "../../../contract/limits.ts";
import { TOOL_NAME } from "../../../contract/names.ts";
import type { ActionPattern } from "../catalogue/action-name.ts";
import { parseArn } from "../catalogue/arn.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { foldActions } from "../catalogue/expand-actions.ts";
import { isProblem } from "../catalogue/problem.ts";
import { isAccountId } from "../deployment/account-id.ts";
import type { Account, Deployment } from "../deployment/deployment.ts";
import { partitionOf } from "../deployment/partition-of.ts";
import { Refusal } from "../refusal.ts";
import { parseJson, RepeatedMember } from "../text/parse-json.ts";
import type { AwsDetail, ConditionBlock, ConnectorDetail, Detail, ToolDetail } from "./detail.ts";
import { type DetailReaders, typesOf } from "./detail-reader.ts";
import { parseConditions } from "./parse-conditions.ts";
import { isRecord, type JsonObject, Place, strings } from "./place.ts";

/** Ports that parse an intent. */
export interface IntentPorts {
  /** Has the target accounts. */
  readonly deployment: Pick<Deployment, "accounts">;
  readonly catalogue: Catalogue;
  /** Parsers of the types beside `aws` and `tool`; none where absent. */
  readonly connectors?: DetailReaders;
}

/**
 * Parses an intent into typed details. Writes each action in its one spelling. Refuses types without a connector,
 * unknown fields, and actions that the catalogue does not have.
 * @param json untrusted value of `authorization_details` (RFC 9396).
 * @throws {Refusal} intent_invalid, which names the detail and the field.
 */
export function parseIntent(json: string, ports: IntentPorts): readonly Detail[] {
  const details = read(json);
  if (!Array.isArray(details)) refuse("it must be a JSON array of objects");
  if (details.length === 0) refuse("it must hold at least one detail: say what the task needs");
  if (details.length > LIMITS.details) refuse(`it may hold ${LIMITS.details} details`);
  return details.flatMap((detail, index) => parseDetail(detail, new Place(`[${index}]`), ports));
}

function parseDetail(detail: unknown, place: Place, ports: IntentPorts): readonly Detail[] {
  if (!isRecord(detail)) return place.refuse("must be an object");
  if (detail.type === "aws") return parseAws(detail, place, ports);
  const parsed =
    detail.type === "tool" ? parseTool(detail, place) : parseConnected(detail, place, ports.connectors ?? {});
  return [place.keep(parsed)];
}

/** Parses a connector's detail. Searches the list of types and never indexes an object by the caller's text. */
function parseConnected(detail: JsonObject, place: Place, readers: DetailReaders): ConnectorDetail {
  const known = typesOf(readers);
  const type = known.find((each) => each === detail.type);
  const connector = type && readers[type];
  if (type && connector) return { ...connector.parse(detail, place), type };
  const names = ["aws", "tool", ...known].map((name) => `"${name}"`);
  return place.at("type").refuse(`must be ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`);
}

/**
 * Parses an AWS detail. A detail with statements becomes one detail for each, since all details of an account share a
 * session.
 */
function parseAws(
  detail: JsonObject,
  place: Place,
  { deployment: { accounts }, catalogue }: IntentPorts,
): readonly AwsDetail[] {
  const isOfStatements = Object.hasOwn(detail, "statements");
  place.refuseUnknown(detail, ["type", "account", ...(isOfStatements ? ["statements"] : STATEMENT)]);
  const account = detail.account;
  if (!isAccountId(account)) return place.at("account").refuse("must be an account id of 12 digits");
  const known = accounts.find(({ id, retired }) => id === account && !retired);
  if (!known) return place.at("account").refuse("is not an account that this deployment hands out keys to");
  if (!isOfStatements) return [parseStatement(detail, place, known, catalogue)];
  const { statements } = detail;
  const within = place.at("statements");
  if (!Array.isArray(statements) || statements.length === 0) return within.refuse("must be a list of statements");
  if (statements.length > LIMITS.statements) return within.refuse(`may hold ${LIMITS.statements} statements`);
  return statements.map((statement, index) => {
    const each = within.at(`[${index}]`);
    if (!isRecord(statement)) return each.refuse("must be an object");
    each.refuseUnknown(statement, STATEMENT);
    return parseStatement(statement, each, known, catalogue);
  });
}

const STATEMENT: readonly string[] = ["actions", "resources", "conditions"];

function parseStatement(
  detail: JsonObject,
  place: Place,
  { id: account, region }: Account,
  catalogue: Catalogue,
): AwsDetail {
  const actions = readActions(detail.actions, place, catalogue);
  const resources = strings(detail.resources, place.at("resources"), MOST_RESOURCES, LIMITS.arnCharacters);
  for (const [index, resource] of resources.entries()) {
    if (resource === "*") continue;
    const arn = parseArn(resource);
    if ("problem" in arn) return place.at(`resources[${index}]`).explain(arn.problem);
    // A resource of another partition does not exist here. Forbids name resources by their real partition and would not
    // match it.
    if (arn.partition !== partitionOf(region))
      return place.at(`resources[${index}]`).refuse("names another partition than the account's");
    if (arn.account !== "" && arn.account !== account) {
      return place.at(`resources[${index}]`).refuse("names another account than the detail does");
    }
  }
  const conditions =
    detail.conditions === undefined ? undefined : readConditions(detail.conditions, place.at("conditions"));
  return place.keep({ type: "aws", account, actions, resources, ...(conditions ? { conditions } : {}) });
}

/** Reads actions in their one spelling. */
function readActions(value: unknown, place: Place, catalogue: Catalogue): readonly ActionPattern[] {
  const actions = strings(value, place.at("actions"), 100, 128);
  const odd = actions.findIndex((action) => !/^[!-~]+$/.test(action));
  if (odd >= 0) return place.at(`actions[${odd}]`).refuse("must be written in printable ASCII");
  const folded = foldActions(catalogue, actions);
  return isProblem(folded) ? place.explain(folded.problem) : folded;
}

function parseTool(detail: JsonObject, place: Place): ToolDetail {
  place.refuseUnknown(detail, ["type", "server", "tools"]);
  const server = detail.server;
  if (!isAgentId(server)) {
    return place.at("server").refuse("must be the registered id of a tool server (2 to 64 of a-z, 0-9 and -)");
  }
  const tools = strings(detail.tools, place.at("tools"), MOST_TOOLS, 128);
  const odd = tools.findIndex((tool) => !TOOL_NAME.test(tool));
  if (odd >= 0)
    return place.at(`tools[${odd}]`).refuse("must be a tool's name: letters, digits and _ . : / -, no wildcards");
  return { type: "tool", server, tools };
}

function readConditions(value: unknown, place: Place): ConditionBlock {
  const conditions = parseConditions(value);
  return "problem" in conditions ? place.refuse(conditions.problem) : conditions.block;
}

function read(json: string): unknown {
  try {
    return parseJson(json);
  } catch (error) {
    return refuse(error instanceof RepeatedMember ? "it names a member twice" : "it must be JSON");
  }
}

function refuse(what: string): never {
  throw new Refusal("intent_invalid", { say: `authorization_details: ${what}.` });
}
