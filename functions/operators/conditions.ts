import type { ConditionScope } from "../../contract/condition-scope.ts";
import type { Condition } from "../../contract/conditions.ts";
import type { PermissionName } from "../../contract/permissions.ts";
import type { ConditionStore } from "../core/conditions/conditions.ts";
import type { DefinedCondition } from "../core/conditions/defined-condition.ts";
import { type HeldCondition, isInForce, scopedTo, scopeKindOf } from "../core/conditions/held-condition.ts";
import { EMPTY_CHAIN, type JournalEvent, nextEvent } from "../core/journal/event.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { rootPath } from "../core/task-path.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpEvent } from "../http/event.ts";
import { isPlace } from "../steps/conditions/is-place.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { VotedAct } from "./step-up.ts";

/** Ports of the routes of conditions. */
export interface ConditionPorts extends Ports {
  readonly setConditions: ConditionStore;
}

/** Change of a condition in one place, as an operator requests it. */
export interface ConditionChange {
  readonly scope: ConditionScope;
  readonly reason: string;
  /** Time for which the condition is to be set; absent where it is to end. */
  readonly seconds?: number | undefined;
}

/**
 * Finds the condition of a request's path, if policy permits the operation.
 * @throws {Refusal} operator_denied, condition_not_found.
 */
export async function conditionFor(
  operator: OperatorIdentity,
  name: PermissionName,
  event: HttpEvent,
  ports: Pick<Ports, "policies" | "deployment">,
): Promise<DefinedCondition> {
  await authoriseOperation(operator, name, "deployment", ports);
  const found = ports.deployment.conditions?.find((each) => each.name === event.pathParameters?.condition);
  if (!found) throw new Refusal("condition_not_found");
  return found;
}

/**
 * Sets a condition in one place.
 * @throws {Refusal} malformed_request where the place or the time is none that the condition may have, or nobody is in the place; contended, sign_in_used.
 */
export async function setCondition(
  condition: DefinedCondition,
  { scope, reason, seconds }: ConditionChange,
  operator: OperatorIdentity,
  ports: ConditionPorts,
  voted?: VotedAct,
): Promise<Condition> {
  refuseScope(condition, scope);
  if (!(await isPlace(scope, ports))) {
    const kind = scopeKindOf(scope);
    throw malformed(`There is no ${kind === "account" ? "target account" : kind} ${scopedTo(scope)}.`);
  }
  if (seconds === undefined) throw malformed(`${condition.name} is set for a time: seconds says for how long.`);
  if (seconds > condition.longestSeconds)
    throw malformed(`${condition.name} may be set for ${condition.longestSeconds} seconds at most.`);
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  const held = { name: condition.name, scope, until: at + seconds, at, by: operator.id, reason };
  const event = changeEvent(typeOf(condition, "set"), held, operator, ports, voted);
  await ports.setConditions.set(condition.kind, held, event, voted?.signIn);
  return describeConditionNow(condition, ports);
}

/**
 * Ends a condition in one place: removes each of its settings there. Changes nothing where there is none.
 * @param vote verifies the operator's vote; called only where there is something to end.
 * @throws {Refusal} malformed_request where a time is given, or the place is none that the condition may have; contended, sign_in_used.
 */
export async function endCondition(
  condition: DefinedCondition,
  { scope, reason, seconds }: ConditionChange,
  operator: OperatorIdentity,
  ports: ConditionPorts,
  vote: () => Promise<VotedAct | undefined> = async () => undefined,
): Promise<Condition> {
  refuseScope(condition, scope);
  if (seconds !== undefined) throw malformed(`${condition.name} ends at once: leave out seconds.`);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const settings = (await ports.setConditions.list(condition.kind, nowSeconds)).filter(
    (each) => each.name === condition.name && each.scope === scope,
  );
  if (settings.length === 0) return describeConditionNow(condition, ports);
  const voted = await vote();
  for (let from = 0; from < settings.length; from += AT_ONCE) {
    const facts = { name: condition.name, scope, reason };
    const event = changeEvent(typeOf(condition, "end"), facts, operator, ports, voted);
    const signIn = from === 0 ? voted?.signIn : undefined;
    await ports.setConditions.remove(condition.kind, settings.slice(from, from + AT_ONCE), event, signIn);
  }
  return describeConditionNow(condition, ports);
}

/** Settings that one transaction removes, of DynamoDB's 100 writes. */
const AT_ONCE = 90;

/** Describes a condition to operators, with the places in which it holds now. */
export function describeCondition(
  condition: DefinedCondition,
  settings: readonly HeldCondition[],
  nowSeconds: number,
): Condition {
  const holding = settings.filter((each) => each.name === condition.name && isInForce(each, [condition], nowSeconds));
  return {
    condition: condition.name,
    kind: condition.kind,
    scopes: [...condition.scopes],
    longest_seconds: condition.longestSeconds,
    holds: holding.map(({ scope, until, at, by, reason }) => ({
      scope,
      until: isoSeconds(until),
      set_at: isoSeconds(at),
      set_by: by,
      reason,
    })),
  };
}

async function describeConditionNow(condition: DefinedCondition, ports: ConditionPorts): Promise<Condition> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  return describeCondition(condition, await ports.setConditions.list(condition.kind, nowSeconds), nowSeconds);
}

/** Returns the event of a change: setting a condition that restricts, or ending one that permits, takes away. */
const typeOf = ({ kind }: DefinedCondition, change: "set" | "end"): "condition.tightened" | "condition.loosened" =>
  (kind === "restricts") === (change === "set") ? "condition.tightened" : "condition.loosened";

function changeEvent(
  type: "condition.tightened" | "condition.loosened",
  { name, scope, until, reason }: Pick<HeldCondition, "name" | "scope" | "reason"> & { readonly until?: number },
  operator: OperatorIdentity,
  { clock, random }: ConditionPorts,
  voted: VotedAct | undefined,
): JournalEvent {
  return nextEvent(EMPTY_CHAIN, rootPath(random.bytes(32)), type, clock.nowMs(), {
    condition: name,
    scope,
    until,
    by: operator.id,
    reason,
    ...voted?.facts,
  });
}

/** Refuses a place of a kind in which the condition may not be set. @throws {Refusal} malformed_request. */
export function refuseScope({ name, scopes }: DefinedCondition, scope: ConditionScope): void {
  if (!scopes.includes(scopeKindOf(scope)))
    throw malformed(`${name} may be set in these places alone: ${scopes.join(", ")}.`);
}

const malformed = (say: string): Refusal => new Refusal("malformed_request", { say });
