import type { CONDITION_EVENT } from "../../contract/names.ts";
import type { HeldCondition } from "../core/conditions/held-condition.ts";
import { TIGHTENING_EVENT } from "../names.ts";
import { isPlace } from "../steps/conditions/is-place.ts";
import type { BusRequest, RequestedAct } from "./bus-request.ts";
import type { IntakePorts } from "./intake-ports.ts";
import { firstEvent } from "./record-event.ts";

/** Setting of a condition that an event requests. */
type Setting = Extract<RequestedAct, { readonly type: typeof CONDITION_EVENT }>;

/** Event that requests it. */
type Request = Pick<Extract<BusRequest, { readonly isOwn: boolean }>, "facts" | "putAt">;

/** Reasons for which a well-formed setting is refused. */
export type RefusedSetting = "unknown" | "late" | "too_many";

/** Upper bound on the settings of one condition by one account within an hour. Each is an item that decisions read. */
export const SETTINGS_AN_HOUR = 10;

/**
 * Returns the reason why a setting is refused: nobody can be in its place, its time has passed, or its sender has set the condition too often.
 * @throws {Refusal} store_unavailable.
 */
export async function refusedSetting(
  { condition, scope, seconds }: Setting,
  { facts: { account, event }, putAt }: Request,
  ports: IntakePorts,
): Promise<RefusedSetting | undefined> {
  if (!(await isPlace(scope, ports))) return "unknown";
  if (putAt + seconds <= ports.clock.nowMs() / 1_000) return "late";
  const rule = `condition:${condition.name}`;
  const isWithin = await ports.suspensions.take(rule, account ?? "", event ?? "", SETTINGS_AN_HOUR);
  return isWithin ? undefined : "too_many";
}

/**
 * Sets a condition as an event requests it, from the event's own time and for the condition's longest time at most. An event that comes again sets nothing.
 * @throws {Refusal} store_unavailable, contended.
 */
export function setByEvent(
  { condition: { name, longestSeconds }, scope, seconds }: Setting,
  { facts: { account, event, reason = "" }, putAt }: Request,
  by: string,
  ports: IntakePorts,
): Promise<void> {
  const at = Math.floor(putAt);
  const held = { name, scope, until: at + Math.min(seconds, longestSeconds), at, by, reason };
  return setOnce(held, [account, event], ports);
}

/**
 * Sets a condition that restricts, once for each cause: a cause that comes again sets nothing, even where a person has lifted the condition since.
 * @param cause name of the cause, from which the place of the journal's event follows.
 * @throws {Refusal} store_unavailable, contended.
 */
export async function setOnce(
  held: HeldCondition,
  cause: readonly (string | undefined)[],
  ports: Pick<IntakePorts, "setConditions" | "clock">,
): Promise<void> {
  const { name: condition, scope, until, by, reason } = held;
  const event = firstEvent(["condition", ...cause], TIGHTENING_EVENT, { condition, scope, until, by, reason }, ports);
  await ports.setConditions.set("restricts", held, event);
}
