import { canonicalJson } from "../../../contract/canonical-json.ts";
import { Refusal } from "../refusal.ts";
import type { Registration, Shaper } from "./agent.ts";
import { DAY_SECONDS } from "./recertification.ts";

/** Time for which a change makes its author a shaper; seconds. */
export const SHAPER_SECONDS = 7 * DAY_SECONDS;

/** Upper bound on the shapers of one agent. */
export const MOST_SHAPERS = 16;

/** Makes the first entry of an agent's shapers: the person who registers it. */
export const registeredBy = (by: string, nowSeconds: number): readonly Shaper[] => [
  { by, at: Math.floor(nowSeconds), registered: true },
];

/** Lists the people who are shapers at that time. @param nowSeconds epoch seconds. */
export const shapersAt = (shapers: readonly Shaper[], nowSeconds: number): readonly Shaper[] =>
  shapers.filter(({ at, registered }) => registered || at > nowSeconds - SHAPER_SECONDS);

/**
 * Returns the shapers after a change. Bindings, owner, team, labels and limits shape an agent; its name and its end do
 * not. An unknown registrant leaves the shapers unknown, and nobody approves anything for the agent.
 * @throws {Refusal} agent_invalid for a 17th shaper: the people who may approve could not be determined any more.
 */
export function shapersAfter(
  before: Registration,
  after: Registration,
  by: string,
  nowSeconds: number,
): readonly Shaper[] | undefined {
  if (before.shapers === undefined || shapeOf(before) === shapeOf(after)) return before.shapers;
  const current = shapersAt(before.shapers, nowSeconds);
  const at = Math.floor(nowSeconds);
  const shapers = current.some((shaper) => shaper.by === by)
    ? current.map((shaper) => (shaper.by === by ? { ...shaper, at } : shaper))
    : [...current, { by, at }];
  if (shapers.length > MOST_SHAPERS)
    throw new Refusal("agent_invalid", {
      say: `${MOST_SHAPERS} people have changed it within ${SHAPER_SECONDS / DAY_SECONDS} days; let one of them change it, or wait.`,
    });
  return shapers;
}

/**
 * True where the change allows the agent something, or a longer life, that it did not have. A restriction counts too,
 * since it may be undone later.
 */
export const isGiving = (before: Registration, after: Registration): boolean =>
  shapeOf(before) !== shapeOf(after) || endOf(after) > endOf(before);

const endOf = ({ endsAt = Number.POSITIVE_INFINITY }: Registration): number => endsAt;

/**
 * Writes the fields that shape an agent. A resumption counts, so approvals from before a suspension are not valid after
 * it.
 */
export const shapeOf = ({ bindings, owner, team, labels = [], limits, resumedAt }: Registration): string =>
  canonicalJson({ bindings, owner, team, labels, limits, resumedAt });
