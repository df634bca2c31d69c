import { isAgentId } from "../../contract/agent-id.ts";
import { MOST_ACTIONS } from "../../contract/limits.ts";
import { TOOL_NAME } from "../../contract/names.ts";
import type { ReachedDetail } from "../../contract/policies.ts";
import { parseArn } from "../core/catalogue/arn.ts";
import type { Catalogue } from "../core/catalogue/catalogue.ts";
import { isProblem } from "../core/catalogue/problem.ts";
import type { Account } from "../core/deployment/deployment.ts";
import { partitionOf } from "../core/deployment/partition-of.ts";
import { awsAction } from "../policy/clauses/heads.ts";
import type { ReachPermit } from "../policy/reach/reach-of.ts";

/** Most accounts of an entry that is written as details, of which each has one account. */
const MOST_ACCOUNTS = 10;

/** Facts of the deployment by which an entry becomes details. */
export interface DetailsFrom {
  readonly catalogue: Catalogue;
  readonly accounts: readonly Account[];
}

/**
 * Writes an entry of a reach as details that can be requested, one for each account. Conditions on the request are not in them, so the details may be
 * wider than the permit.
 * @returns nothing for an entry that names a group of actions, no single ARN, or conditions of another kind.
 */
export function detailsOfEntry(entry: ReachPermit, from: DetailsFrom): readonly ReachedDetail[] {
  return entry.on === "Tool" ? toolDetails(entry) : entry.on === "AWS::Resource" ? awsDetails(entry, from) : [];
}

function awsDetails(entry: ReachPermit, { catalogue, accounts }: DetailsFrom): readonly ReachedDetail[] {
  const named = valuesIn(entry, ["resource.arn", "resource.account"]);
  const arn = named?.["resource.arn"];
  const isOfActions = entry.actions.every((name) => awsAction(name, catalogue) !== undefined);
  if (arn === undefined || !isOfActions || entry.actions.length > MOST_ACTIONS) return [];
  const parsed = parseArn(arn);
  const within = entry.accounts ?? [];
  if (isProblem(parsed) || within.length > MOST_ACCOUNTS) return [];
  return accounts
    .filter(({ id, region }) => within.includes(id) && partitionOf(region) === parsed.partition)
    .filter(({ id }) => parsed.account === "" || parsed.account === id)
    .map(({ id }) => ({ type: "aws", account: id, actions: [...entry.actions], resources: [arn] }));
}

function toolDetails(entry: ReachPermit): readonly ReachedDetail[] {
  const named = valuesIn(entry, ["resource.server", "resource.name"]);
  const [server, tool] = [named?.["resource.server"], named?.["resource.name"]];
  const isCall = entry.actions.length === 1 && entry.actions[0] === "tool:Call";
  if (!isCall || server === undefined || tool === undefined || !isAgentId(server) || !TOOL_NAME.test(tool)) return [];
  return [{ type: "tool", server, tools: [tool] }];
}

/** Reads the conditions on the resource by their attributes; undefined where one is of another kind, or there are two of one. */
function valuesIn({ where }: ReachPermit, of: readonly string[]): Readonly<Record<string, string>> | undefined {
  const pairs = where.flatMap((each) => ("in" in each && of.includes(each.of) ? [[each.of, each.in] as const] : []));
  const values = Object.fromEntries(pairs);
  return pairs.length === where.length && Object.keys(values).length === pairs.length ? values : undefined;
}
