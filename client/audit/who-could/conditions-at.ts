import { isMoment } from "../../../contract/decision/moment.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import type { DefinedCondition } from "../../../functions/core/conditions/defined-condition.ts";
import { type HeldCondition, isInForce } from "../../../functions/core/conditions/held-condition.ts";
import { isoSeconds } from "../../../functions/core/text/iso-seconds.ts";
import { type Since, sinceOf } from "../state-at.ts";

/** Condition of the world that held at a moment, in one place. */
export interface ConditionThen extends Since {
  readonly condition: string;
  readonly scope: HeldCondition["scope"];
  /** End that it had then. */
  readonly until: string;
}

/**
 * Finds the conditions that held at a moment, by the events that set and ended them. Of several settings of one place
 * the one that ends last counts.
 * @param atMs epoch milliseconds.
 * @param defined conditions that were deployed: policies read no other.
 */
export function conditionsAt(
  events: readonly ArchivedEvent[],
  atMs: number,
  defined: readonly DefinedCondition[],
): readonly ConditionThen[] {
  const held = new Map<
    string,
    { readonly event: ArchivedEvent; readonly until: number; readonly scope: HeldCondition["scope"] }
  >();
  const changes = events.filter(({ type, at }) => at <= atMs && CHANGES.has(type)).toSorted((a, b) => a.at - b.at);
  for (const event of changes) {
    const { condition, scope, until } = event.facts;
    if (typeof condition !== "string" || typeof scope !== "string") continue;
    const place = JSON.stringify([condition, scope]);
    if (!isMoment(until)) held.delete(place);
    else if (until > (held.get(place)?.until ?? Number.NEGATIVE_INFINITY))
      held.set(place, { event, until, scope: scope as HeldCondition["scope"] });
  }
  return [...held.values()]
    .filter(({ event, until, scope }) =>
      isInForce({ name: String(event.facts.condition), scope, until }, defined, atMs / 1_000),
    )
    .map(({ event, until, scope }) => ({
      condition: String(event.facts.condition),
      scope,
      until: isoSeconds(Math.floor(until)),
      ...sinceOf(event),
    }));
}

/** Types of events that set or end a condition; one with `until` sets it. */
const CHANGES: ReadonlySet<string> = new Set(["condition.tightened", "condition.loosened"]);
