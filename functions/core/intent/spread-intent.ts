import { LIMITS } from "../../../contract/limits.ts";
import { type ParsedArn, parseArn } from "../catalogue/arn.ts";
import { bareLogGroup } from "../catalogue/bare-log-group.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { ActionResource, CatalogueAction } from "../catalogue/catalogue-action.ts";
import { expandActions } from "../catalogue/expand-actions.ts";
import { fitting } from "../catalogue/fitting.ts";
import { groupsOf } from "../catalogue/groups-of.ts";
import { ownResources } from "../catalogue/own-resources.ts";
import { isProblem, type Problem } from "../catalogue/problem.ts";
import { uncovered } from "../catalogue/uncovered.ts";
import { ownedByAws, unfit } from "../catalogue/unfit.ts";
import { mayNameNone, takesNone } from "../catalogue/unnamed.ts";
import type { Account } from "../deployment/deployment.ts";
import { partitionOf } from "../deployment/partition-of.ts";
import { tagKeyOf } from "../iam-facts/tags.ts";
import { Refusal } from "../refusal.ts";
import type { AwsDetail, ConnectorDetail, Detail } from "./detail.ts";
import type { DetailReaders } from "./detail-reader.ts";
import { listedTypes } from "./listed-types.ts";
import type { AccountPair, ConnectorPair, Pair, ResourcePair, ToolPair } from "./pairs.ts";
import { placeOf } from "./place.ts";

/** Detail with the pairs that it requests. */
export interface SpreadDetail {
  readonly detail: Detail;
  readonly pairs: readonly Pair[];
}

/**
 * Spreads an intent into its pairs of action and target, which policy decides one by one. A pattern (`s3:Get*`) yields
 * the actions that can work on the resources. If a call may name no resource, `"*"` is all of the account's own in its
 * Region, type by type.
 * @param accounts target accounts of the deployment, for their Regions.
 * @throws {Refusal} intent_invalid for:
 * - an unknown action (names the nearest real one);
 * - an action or pattern that fits none of the resources (it would silently grant nothing);
 * - an action that needs a further resource, or a resource without an action;
 * - a missing connector;
 * - more than 250 pairs;
 * - an action both on no resource and on some.
 */
export function spreadIntent(
  details: readonly Detail[],
  catalogue: Catalogue,
  readers: DetailReaders = {},
  accounts: readonly Pick<Account, "id" | "region">[] = [],
): readonly SpreadDetail[] {
  let pairsLeft: number = LIMITS.pairs;
  const spread = details.map((detail, index) => {
    const pairs = pairsFor(detail, index, pairsLeft, { catalogue, readers, accounts });
    if (pairs.length > pairsLeft) tooMany(placeOf(detail, index), 1, pairs.length, pairsLeft);
    pairsLeft -= pairs.length;
    return { detail, pairs };
  });
  refuseOnBoth(spread.flatMap(({ pairs }) => pairs));
  return spread;
}

/**
 * Refuses an action both on no resource and on some: a session with the one is denied the other. @throws {Refusal}
 * intent_invalid.
 */
function refuseOnBoth(pairs: readonly Pair[]): void {
  const onNone = pairs.filter((pair) => pair.kind === "account" && pair.namesNone);
  const both = onNone.find(({ action }) => pairs.some((pair) => pair.kind === "resource" && pair.action === action));
  if (both)
    throw new Refusal("intent_invalid", {
      say: `${both.action} is requested on "*", which is for calls that name no resource, and on ARNs. A task gets only one of the two: ask for them in two requests.`,
    });
}

interface Known {
  readonly catalogue: Catalogue;
  readonly readers: DetailReaders;
  readonly accounts: readonly Pick<Account, "id" | "region">[];
}

function pairsFor(detail: Detail, index: number, most: number, known: Known): readonly Pair[] {
  switch (detail.type) {
    case "aws":
      return awsPairs(detail, index, known, most);
    case "tool":
      return toolPairs(detail);
    default:
      return connectorPairs(detail, index, known.readers);
  }
}

function connectorPairs(detail: ConnectorDetail, index: number, readers: DetailReaders): readonly ConnectorPair[] {
  const connector = readers[detail.type];
  if (!connector) throw new Refusal("intent_invalid", { say: `${placeOf(detail, index)}.type is not handed out.` });
  return connector.describe(detail).map((question) => ({
    kind: "connector",
    action: question.action,
    groups: question.groups,
    mints: false,
    isPattern: false,
    target: question.target,
    question,
  }));
}

const toolPairs = (detail: Extract<Detail, { type: "tool" }>): readonly ToolPair[] =>
  detail.tools.map((tool) => ({
    kind: "tool",
    action: "tool:Call",
    groups: [],
    mints: false,
    isPattern: false,
    target: `${detail.server}/${tool}`,
    server: detail.server,
    tool,
  }));

function awsPairs(
  detail: AwsDetail,
  index: number,
  { catalogue, accounts }: Omit<Known, "connectors">,
  most: number,
): readonly Pair[] {
  const refuse = (say: string): never => {
    throw new Refusal("intent_invalid", { say: `${placeOf(detail, index)}: ${say}` });
  };
  const expanded = expandActions(catalogue, detail.actions);
  if (isProblem(expanded)) return refuse(expanded.problem);
  const tooManyOf = () => tooMany(placeOf(detail, index), expanded.actions.length, detail.resources.length, most);
  // Each resource must be part of a pair, so there are at least as many pairs as resources.
  if (detail.resources.length > most) tooManyOf();
  const arns = detail.resources.flatMap(parsed);
  const problems = new Map<CatalogueAction, string>();
  const pairs: Pair[] = [];
  for (const action of expanded.actions) {
    const own = pairsOf(action, detail, arns);
    if (isProblem(own)) problems.set(action, own.problem);
    else pairs.push(...own);
    if (pairs.length > most) tooManyOf();
  }
  const own = new Map<CatalogueAction, readonly ResourcePair[]>();
  for (const actions of expanded.byPattern.values()) {
    // A pattern means only those of its actions that work on the resources, if there are any. It then gets no pairs of
    // `"*"`. Intents that were granted before these pairs existed still get the same.
    if (actions.some((action) => !problems.has(action))) continue;
    const onAll = detail.resources.includes("*") ? actions.map((action) => ownPairs(action, detail, accounts)) : [];
    if (onAll.every((each) => each.length === 0)) return refuse(problems.get(actions[0] as CatalogueAction) ?? "");
    for (const [at, action] of actions.entries()) own.set(action, onAll[at] ?? []);
  }
  pairs.push(...[...own.values()].flat());
  if (pairs.length > most) tooManyOf();
  const isUsed = (resource: string) =>
    pairs.some((pair) => pair.target === resource || (resource === "*" && pair.kind === "resource" && pair.wantsAll));
  const unused = detail.resources.find((resource) => !isUsed(resource));
  if (unused !== undefined)
    return refuse(
      `No action of the detail applies to the resource ${unused}; leave it out, or ask for an action on it.`,
    );
  return pairs;
}

/** Returns the fields of a pair that follow from its action and its detail. */
const sharedBy = (action: CatalogueAction, detail: AwsDetail) => ({
  action: action.name,
  groups: groupsOf(action),
  mints: action.mints,
  ...(detail.conditions ? { stated: detail.conditions } : {}),
});

/** Pairs an action with each of the resources that it fits, or explains why it cannot work. */
function pairsOf(action: CatalogueAction, detail: AwsDetail, all: readonly ParsedArn[]): readonly Pair[] | Problem {
  const shared = sharedBy(action, detail);
  if (action.resourceTypes.length === 0) {
    if (!detail.resources.includes("*")) {
      return { problem: `${action.name} has no resource type; ask for it with "resources": ["*"].` };
    }
    const pair: AccountPair = { ...shared, kind: "account", isPattern: false, target: "*", account: detail.account };
    return [pair];
  }
  const arns = all.filter((arn) => fitting(action, arn).length > 0);
  if (arns.length === 0 && mayNameNone(action) && detail.resources.includes("*"))
    return [{ ...shared, kind: "account", isPattern: false, target: "*", account: detail.account, namesNone: true }];
  if (arns.length === 0)
    return ownedByAws(action, all, detail.account) ?? unfit(action, detail.resources.includes("*"), all);
  const missing = uncovered(action, arns);
  if (missing.length > 0)
    return (
      ownedByAws(action, all, detail.account) ?? {
        problem: `${action.name} also needs a resource of type ${missing.join(", ")}.`,
      }
    );
  const bare = bareLogGroup(action, arns);
  if (bare) return bare;
  return arns.map((arn) => resourcePair(action, detail, arn));
}

const resourcePair = (action: CatalogueAction, detail: AwsDetail, arn: ParsedArn): ResourcePair => ({
  ...sharedBy(action, detail),
  kind: "resource",
  target: arn.text,
  isPattern: arn.isPattern,
  service: arn.service,
  region: arn.region,
  account: detail.account,
  arnNamesAccount: arn.account !== "",
  ...tagKeyFor(action, fitting(action, arn)),
  ...listedBy(action, arn),
});

/**
 * Pairs an action whose calls may name no resource with all of the account's own resources. Empty for any other action,
 * and where the types name no account.
 */
function ownPairs(action: CatalogueAction, detail: AwsDetail, accounts: Known["accounts"]): readonly ResourcePair[] {
  const region = accounts.find(({ id }) => id === detail.account)?.region;
  if (region === undefined || !takesNone(action)) return [];
  const place = { partition: partitionOf(region), region, account: detail.account };
  const arns = (ownResources(action, place) ?? []).map(parseArn);
  if (arns.some(isProblem)) return [];
  return arns.flatMap((arn) =>
    isProblem(arn) ? [] : [{ ...resourcePair(action, detail, arn), wantsAll: true as const }],
  );
}

/** Returns the types of which a call may list resources of the set without naming them. */
function listedBy(action: CatalogueAction, arn: ParsedArn): Pick<ResourcePair, "listed"> {
  const listed = listedTypes(action, arn);
  return listed.length > 0 ? { listed } : {};
}

/**
 * Returns the tags' condition key where all resource types that the ARN could name share one. The key is certain only
 * where it is certain for all of them.
 */
function tagKeyFor(action: CatalogueAction, types: readonly ActionResource[]): Pick<ResourcePair, "tagKey"> {
  const keys = types.map((type) => tagKeyOf(action, type));
  const [prefix, ...others] = new Set(keys.map((key) => key?.prefix));
  if (prefix === undefined || others.length > 0) return {};
  return { tagKey: { prefix, isCertain: keys.every((key) => key?.isCertain) } };
}

/** Parses a resource; empty for `"*"`. Every other resource is valid here, since the intent was parsed. */
function parsed(resource: string): readonly ParsedArn[] {
  const arn = parseArn(resource);
  return isProblem(arn) ? [] : [arn];
}

/** Pairs the action with narrower targets; omits targets that the action does not fit. */
export function narrowPairs(pair: Pair, targets: readonly string[], catalogue: Catalogue): readonly ResourcePair[] {
  if (pair.kind !== "resource") return [];
  const expanded = expandActions(catalogue, [pair.action]);
  const [action] = isProblem(expanded) ? [] : expanded.actions;
  if (!action) return [];
  return targets.flatMap(parsed).flatMap((arn) => {
    const types = fitting(action, arn);
    if (types.length === 0) return [];
    const { tagKey: _, listed: __, wantsAll: ___, ...rest } = pair;
    const fields = { ...tagKeyFor(action, types), ...listedBy(action, arn) };
    return [{ ...rest, target: arn.text, isPattern: arn.isPattern, ...fields }];
  });
}

/** Refuses a detail with more pairs than are left. The refusal has their number, and how many of them fit. */
function tooMany(place: string, actions: number, resources: number, left: number): never {
  const [fewer, what] =
    actions > 1 && resources <= left ? [Math.floor(left / resources), "actions"] : [left, "resources"];
  const names = actions > 1 ? `${actions} actions on ${resources} resources` : `${resources} of them`;
  throw new Refusal("intent_invalid", {
    say:
      `${place} asks for more pairs of action and resource than a request may have (${LIMITS.pairs}, of which ${left} are left): ${names}. ` +
      `Ask for less, or for what is behind the first ${fewer} ${what} in another task.`,
  });
}
