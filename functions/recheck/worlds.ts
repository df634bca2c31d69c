import { type ConditionStore, listHeld } from "../core/conditions/conditions.ts";
import type { DefinedCondition } from "../core/conditions/defined-condition.ts";
import { type HeldCondition, isByEvent } from "../core/conditions/held-condition.ts";
import type { Recheck } from "../core/conditions/recheck.ts";
import type { Ports } from "../core/ports.ts";

/** Worlds in which a task is decided. */
export interface Worlds {
  /** Conditions after the change. */
  readonly now: readonly HeldCondition[];
  /** Conditions of a quiet world: nothing restricts, and the condition of the change permits where it is of that kind. */
  readonly quiet: readonly HeldCondition[];
  /** Conditions after the change, without those that events on the bus have set. */
  readonly byPeople: readonly HeldCondition[];
  /** Names of the conditions that events on the bus have set: the one of the change alone, where it is among them. */
  readonly byEvents: readonly string[];
}

/** Ports from which the worlds are read. */
export interface WorldPorts extends Pick<Ports, "clock" | "deployment"> {
  readonly setConditions: Pick<ConditionStore, "list">;
}

/**
 * Reads the conditions, strongly, and makes the worlds of a recheck.
 * @param isTried true where the change was not made: the world is then as it would be after it.
 * @throws {Refusal} store_unavailable.
 */
export async function readWorlds(
  condition: DefinedCondition,
  { scope }: Pick<Recheck, "scope">,
  isTried: boolean,
  { setConditions, clock, deployment: { conditions = [] } }: WorldPorts,
): Promise<Worlds> {
  const at = Math.floor(clock.nowMs() / 1_000);
  const held = await listHeld(setConditions, conditions, at);
  const isOther = (each: HeldCondition): boolean => each.name !== condition.name || each.scope !== scope;
  const restricting = new Set(conditions.flatMap(({ name, kind }) => (kind === "restricts" ? [name] : [])));
  const set = [{ name: condition.name, scope, at, until: at + condition.longestSeconds, by: "", reason: "" }];
  const isRestricting = condition.kind === "restricts";
  const tried = [...held.filter(isOther), ...(isRestricting ? set : [])];
  const now = isTried ? tried : held;
  const byEvents = [...new Set(now.filter(isByEvent).map(({ name }) => name))];
  return {
    now,
    byPeople: now.filter((each) => !isByEvent(each)),
    byEvents: byEvents.includes(condition.name) ? [condition.name] : byEvents,
    quiet: [...held.filter(({ name }) => !restricting.has(name)), ...(isRestricting ? [] : set)],
  };
}
