import { serviceOf } from "../../core/catalogue/action-name.ts";
import { SESSION_POLICY_CHARACTERS, type SessionPolicy } from "../../core/policy/compile.ts";
import { grantedParts } from "../../core/policy/grant-details.ts";
import type { Compile, GrantedAws } from "./granted-aws.ts";
import { type Planning, withinPlanningWork } from "./planning-work.ts";
import { refuseTooLarge } from "./too-large.ts";

/** Details that share one session, with the session's policy. */
export interface SharedSession {
  readonly granted: readonly GrantedAws[];
  readonly policy: SessionPolicy;
}

/**
 * Puts all details of an account into one session. Makes a few sessions where one policy would be too long, or a Deny
 * of one detail would take rights from another. Pairs of one service then stay together as far as they fit, and a
 * detail's services may go to several sessions. Details whose lease is recorded keep that lease.
 * @param details number of details in the granted intent; further parts of a detail are numbered from there.
 * @throws {Refusal} intent_too_large where the pairs of one service in one detail do not fit; intent_invalid where the
 * division takes too much work.
 */
export function sharedSessions(
  granted: readonly GrantedAws[],
  compile: Compile,
  details: number,
): readonly SharedSession[] {
  const planning = withinPlanningWork(compile);
  const recorded = granted.filter(({ detail }) => detail.lease !== undefined);
  const fresh = granted.filter(({ detail }) => detail.lease === undefined);
  const existing = [...Map.groupBy(recorded, ({ detail }) => detail.lease).values()].map((each) =>
    whole(each, planning),
  );
  const divided = [...Map.groupBy(fresh, ({ detail }) => detail.account).values()].flatMap((each) =>
    dividedFew(each, planning),
  );
  return [...existing, ...numbered(divided, details)];
}

/**
 * Makes one session of these details, and refuses them where they do not fit.
 * @throws {Refusal} intent_too_large.
 */
function whole(granted: readonly GrantedAws[], planning: Planning): SharedSession {
  const session = sessionOf(granted, planning);
  return fits(session) ? session : refuseTooLarge(granted, planning.compile);
}

function dividedFew(granted: readonly GrantedAws[], planning: Planning): readonly SharedSession[] {
  const all = together(granted, planning);
  if (all) return [all];
  const details = granted.map((each) => [each]);
  const units = ofServices(granted, planning);
  // Both ways are the same if each detail is one unit.
  const isByDetail = units.length === granted.length && units.every((unit, at) => isOnlyOf(unit, granted[at]));
  const ways = [packed(units, planning), ...(isByDetail ? [] : [packed(details, planning)])];
  const [fewest] = ways.filter((way) => way !== undefined).toSorted((a, b) => a.length - b.length);
  if (!fewest) return details.map((each) => whole(each, planning));
  return fewest.map((session) => ({ ...session, granted: rejoined(session.granted, granted) }));
}

const isOnlyOf = (unit: readonly GrantedAws[], detail: GrantedAws | undefined): boolean =>
  unit.every(({ index }) => index === detail?.index);

/** Replaces the parts of a detail by the detail itself where the session has all of its parts. */
const rejoined = (parts: readonly GrantedAws[], granted: readonly GrantedAws[]): readonly GrantedAws[] =>
  [...Map.groupBy(parts, ({ index }) => index)].flatMap(([index, own]) => {
    const detail = granted.find((each) => each.index === index);
    const pairs = own.reduce((count, { permitted }) => count + permitted.length, 0);
    return detail?.permitted.length === pairs ? [detail] : own;
  });

/**
 * Makes one session of all details; undefined where they do not fit, or a Deny of one would take rights from another.
 */
function together(granted: readonly GrantedAws[], planning: Planning): SharedSession | undefined {
  const canBeOne = granted.every((one, place) =>
    granted.slice(0, place).every((other) => areShared(one, other, planning)),
  );
  const session = canBeOne ? sessionOf(granted, planning) : undefined;
  return session && fits(session) ? session : undefined;
}

/**
 * Makes the units that stay together: the pairs of one service. A unit that does not fit is split by details, and so is
 * the only service of the whole, which has not fitted.
 */
function ofServices(granted: readonly GrantedAws[], planning: Planning): readonly (readonly GrantedAws[])[] {
  const services = [...Map.groupBy(granted.flatMap(partsOf), ({ service }) => service).values()];
  return services.flatMap((parts) =>
    services.length > 1 && together(parts, planning) ? [parts] : [...Map.groupBy(parts, ({ index }) => index).values()],
  );
}

const partsOf = ({ detail, index, permitted }: GrantedAws) =>
  [...Map.groupBy(permitted, ({ pair }) => serviceOf(pair.action))].flatMap(([service, own]) =>
    grantedParts(detail, own).map((part) => ({ ...part, index, service })),
  );

/** Number of units for which a session had no room, from which on it is full: trying all further ones costs most. */
const MOST_MISSES = 8;

/** Session that is being packed. */
interface Packing {
  readonly session: SharedSession;
  /** Units without room since the last one that was added. */
  readonly misses: number;
}

/** Adds each unit to the first session that has room for it; undefined where a unit fits into no session. */
function packed(units: readonly (readonly GrantedAws[])[], planning: Planning): readonly SharedSession[] | undefined {
  const packings: Packing[] = [];
  for (const unit of units) {
    if (isAdded(unit, packings, planning)) continue;
    const session = sessionOf(unit, planning);
    if (!fits(session)) return undefined;
    packings.push({ session, misses: 0 });
  }
  return packings.map(({ session }) => session);
}

/** Adds the unit to the first session that has room for it. False where none has room. */
function isAdded(unit: readonly GrantedAws[], packings: Packing[], planning: Planning): boolean {
  for (const [place, { session, misses }] of packings.entries()) {
    if (misses >= MOST_MISSES || !areAllShared(session.granted, unit, planning)) continue;
    const joined = sessionOf([...session.granted, ...unit], planning);
    const hasRoom = fits(joined);
    packings.splice(place, 1, hasRoom ? { session: joined, misses: 0 } : { session, misses: misses + 1 });
    if (hasRoom) return true;
  }
  return false;
}

const areAllShared = (some: readonly GrantedAws[], more: readonly GrantedAws[], planning: Planning): boolean =>
  some.every((one) => more.every((other) => areShared(one, other, planning)));

/** Parts of one detail always share: a detail was one session before it was divided. */
const areShared = (one: GrantedAws, other: GrantedAws, planning: Planning): boolean =>
  one.index === other.index || planning.canShare(one.permitted, other.permitted);

const sessionOf = (granted: readonly GrantedAws[], planning: Planning): SharedSession => ({
  granted,
  policy: planning.compile(granted.flatMap(({ permitted }) => permitted)),
});

const fits = ({ policy }: SharedSession): boolean => policy.characters <= SESSION_POLICY_CHARACTERS;

/**
 * Numbers the parts and the sessions. The first part of a detail keeps the detail's index, and further parts are
 * numbered after all details. A session gets the lowest number of its parts.
 */
function numbered(sessions: readonly SharedSession[], details: number): readonly SharedSession[] {
  const usedIndices = new Set<number>();
  let next = details;
  return sessions.map(({ granted, policy }) => {
    const placed = granted.map((each) => {
      const index = usedIndices.has(each.index) ? next++ : each.index;
      usedIndices.add(index);
      return { ...each, index };
    });
    const lease = Math.min(...placed.map(({ index }) => index));
    return {
      policy,
      granted: placed.map(({ detail, index, permitted }) => ({ detail: { ...detail, lease }, index, permitted })),
    };
  });
}
