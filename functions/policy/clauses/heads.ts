import { isDeepStrictEqual } from "node:util";
import type * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { serviceOf } from "../../core/catalogue/action-name.ts";
import type { Catalogue } from "../../core/catalogue/catalogue.ts";
import type { CatalogueAction } from "../../core/catalogue/catalogue-action.ts";
import { groupsOf } from "../../core/catalogue/groups-of.ts";
import { namesIn } from "../read/names-in.ts";

/** Lists the actions and groups that the head names; undefined for every action. */
export function namedActions(policy: cedar.PolicyJson): readonly string[] | undefined {
  const { action } = policy;
  if (action.op === "All") return undefined;
  const names = known.get(policy) ?? namesIn({ action }).actions;
  known.set(policy, names);
  return names;
}

/** Cache of the names by policy, since each rule is compared with every other. */
const known = new WeakMap<cedar.PolicyJson, readonly string[]>();

/** Placeholder for the actions of a rule that names none. */
export const ANYTHING = "anything";

/** Finds the AWS action of exactly this name; undefined for a group, a tool or an operation. */
export function awsAction(name: string, catalogue: Catalogue): CatalogueAction | undefined {
  const [service = "", short = ""] = name.split(":");
  const found = catalogue.service(service)?.action(short);
  return found?.name === name ? found : undefined;
}

/** True where the outer head matches every request that the inner head matches; false where that is unclear. */
export const headContains = (outer: cedar.PolicyJson, inner: cedar.PolicyJson, catalogue: Catalogue): boolean =>
  sideContains(outer.principal, inner.principal) &&
  sideContains(outer.resource, inner.resource) &&
  actionsContain(outer, inner, catalogue);

type Side = cedar.PolicyJson["principal"] | cedar.PolicyJson["resource"];

function sideContains(outer: Side, inner: Side): boolean {
  if (outer.op === "All" || isDeepStrictEqual(outer, inner)) return true;
  // `is T` contains `is T in X` and `== T::"x"`. Only agents are in teams, and only people in groups.
  if (outer.op !== "is" || outer.in !== undefined) return false;
  if (inner.op === "is") return inner.entity_type === outer.entity_type;
  const [type] = "entity" in inner && "type" in inner.entity ? [inner.entity.type] : [];
  if (inner.op === "==") return type === outer.entity_type;
  return (type === "Team" && outer.entity_type === "Agent") || (type === "Group" && outer.entity_type === "User");
}

function actionsContain(outer: cedar.PolicyJson, inner: cedar.PolicyJson, catalogue: Catalogue): boolean {
  const [wide, narrow] = [namedActions(outer), namedActions(inner)];
  if (wide === undefined) return true;
  return narrow?.every((name) => parentsOf(name, catalogue).some((each) => wide.includes(each))) ?? false;
}

/** True unless the two rules certainly have no action in common. */
export function mayShareActions(one: cedar.PolicyJson, other: cedar.PolicyJson, catalogue: Catalogue): boolean {
  const [own, others] = [namedActions(one), namedActions(other)];
  if (own === undefined || others === undefined) return true;
  return own.some((a) => others.some((b) => mayBeShared(a, b, catalogue)));
}

/** True unless the two names certainly have no action in common. Two groups of one service may share actions; an action is only in its own groups. */
function mayBeShared(one: string, other: string, catalogue: Catalogue): boolean {
  const [isOne, isOther] = [one, other].map((name) => awsAction(name, catalogue) !== undefined);
  if (isOne && isOther) return one === other;
  if (isOne || isOther) return parentsOf(isOne ? one : other, catalogue).includes(isOne ? other : one);
  const [service, another] = [one, other].map(serviceOf);
  return service === another || service === "aws" || another === "aws";
}

/** Lists the name itself and the groups that contain it. A service's group is in the group of all services. */
function parentsOf(name: string, catalogue: Catalogue): readonly string[] {
  const action = awsAction(name, catalogue);
  if (action) return [name, ...groupsOf(action)];
  const [, level = ""] = name.split(":");
  return [name, `aws:${level}`];
}
