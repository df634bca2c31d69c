import { SESSION_POLICY_CHARACTERS, type SessionPolicy } from "../../core/policy/compile.ts";
import { canShare } from "../../core/policy/foreign-denies.ts";
import { grantedParts } from "../../core/policy/grant-details.ts";
import type { Compile, GrantedAws } from "./granted-aws.ts";
import { withinPlanningWork } from "./planning-work.ts";
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
  compileAny: Compile,
  details: number,
): readonly SharedSession[] {
  const compile = withinPlanningWork(compileAny);
  const recorded = granted.filter(({ detail }) => detail.lease !== undefined);
  const fresh = granted.filter(({ detail }) => detail.lease === undefined);
  const existing = [...Map.groupBy(recorded, ({ detail }) => detail.lease).values()].map((each) =>
    whole(each, compile),
  );
  const divided = [...Map.groupBy(fresh, ({ detail }) => detail.account).values()].flatMap((each) =>
    dividedFew(each, compile),
  );
  return [...existing, ...numbered(divided, details)];
}

/**
 * Makes one session of these details, and refuses them where they do not fit.
 * @throws {Refusal} intent_too_large.
 */
function whole(granted: readonly GrantedAws[], compile: Compile): SharedSession {
  const session = sessionOf(granted, compile);
  return fits(session) ? session : refuseTooLarge(granted, compile);
}

function dividedFew(granted: readonly GrantedAws[], compile: Compile): readonly SharedSession[] {
  const all = together(granted, compile);
  if (all) return [all];
  const details = granted.map((each) => [each]);
  const units = ofServices(granted, compile);
  // Both ways are the same if each detail is one unit.
  const isByDetail = units.length === granted.length && units.every((unit, at) => isOnlyOf(unit, granted[at]));
  const ways = [packed(units, compile), ...(isByDetail ? [] : [packed(details, compile)])];
  const [fewest] = ways.filter((way) => way !== undefined).toSorted((a, b) => a.length - b.length);
  if (!fewest) return details.map((each) => whole(each, compile));
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
function together(granted: readonly GrantedAws[], compile: Compile): SharedSession | undefined {
  const areAllShared = granted.every((one, place) => granted.slice(0, place).every((other) => areShared(one, other)));
  const session = areAllShared ? sessionOf(granted, compile) : undefined;
  return session && fits(session) ? session : undefined;
}

/** Makes the units that stay together: the pairs of one service. A unit that does not fit is split by details. */
const ofServices = (granted: readonly GrantedAws[], compile: Compile): readonly (readonly GrantedAws[])[] =>
  [...Map.groupBy(granted.flatMap(partsOf), ({ service }) => service).values()].flatMap((parts) =>
    together(parts, compile) ? [parts] : [...Map.groupBy(parts, ({ index }) => index).values()],
  );

const partsOf = ({ detail, index, permitted }: GrantedAws) =>
  [...Map.groupBy(permitted, ({ pair }) => pair.action.slice(0, pair.action.indexOf(":")))].flatMap(([service, own]) =>
    grantedParts(detail, own).map((part) => ({ ...part, index, service })),
  );

/** Adds each unit to the first session that has room for it; undefined where a unit fits into no session. */
function packed(units: readonly (readonly GrantedAws[])[], compile: Compile): readonly SharedSession[] | undefined {
  const sessions: SharedSession[] = [];
  for (const unit of units) {
    const session = withRoom(sessions, unit, compile) ?? { place: sessions.length, session: sessionOf(unit, compile) };
    if (!fits(session.session)) return undefined;
    sessions.splice(session.place, 1, session.session);
  }
  return sessions;
}

/** Adds a unit to the first session that has room for it; undefined where none has. */
function withRoom(sessions: readonly SharedSession[], unit: readonly GrantedAws[], compile: Compile) {
  for (const [place, { granted }] of sessions.entries()) {
    const session = joined(granted, unit, compile);
    if (session) return { place, session };
  }
  return undefined;
}

/** Makes the session of both; undefined where they cannot share one. */
function joined(some: readonly GrantedAws[], more: readonly GrantedAws[], compile: Compile): SharedSession | undefined {
  if (!some.every((one) => more.every((other) => areShared(one, other)))) return undefined;
  const session = sessionOf([...some, ...more], compile);
  return fits(session) ? session : undefined;
}

/** Parts of one detail always share: a detail was one session before it was divided. */
const areShared = (one: GrantedAws, other: GrantedAws): boolean =>
  one.index === other.index || canShare(one.permitted, other.permitted);

const sessionOf = (granted: readonly GrantedAws[], compile: Compile): SharedSession => ({
  granted,
  policy: compile(granted.flatMap(({ permitted }) => permitted)),
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
