import { SESSION_POLICY_CHARACTERS, type SessionPolicy } from "../../core/policy/compile.ts";
import { canShare } from "../../core/policy/foreign-denies.ts";
import { grantedParts } from "../../core/policy/grant-details.ts";
import type { Compile, GrantedAws } from "./granted-aws.ts";
import { refuseTooLarge } from "./too-large.ts";

/** Details that share one session, with the session's policy. */
export interface SharedSession {
  readonly granted: readonly GrantedAws[];
  readonly policy: SessionPolicy;
}

/**
 * Puts all details of an account into one session. Where the session policy would be too long, or a Deny of one detail would take from another, makes
 * few sessions of them: the pairs of one service stay together as far as they fit, and a detail goes to several sessions by its services.
 * Details whose lease is recorded keep it.
 * @param details number of details in the granted intent, behind which further parts of a detail are counted.
 * @throws {Refusal} intent_too_large where the pairs of one service in one detail do not fit.
 */
export function sharedSessions(
  granted: readonly GrantedAws[],
  compile: Compile,
  details: number,
): readonly SharedSession[] {
  const recorded = granted.filter(({ detail }) => detail.lease !== undefined);
  const fresh = granted.filter(({ detail }) => detail.lease === undefined);
  const kept = [...Map.groupBy(recorded, ({ detail }) => detail.lease).values()].map((each) => whole(each, compile));
  const divided = [...Map.groupBy(fresh, ({ detail }) => detail.account).values()].flatMap((each) =>
    dividedFew(each, compile),
  );
  return [...kept, ...numbered(divided, details)];
}

/** The session of these details, however long its policy would be otherwise. @throws {Refusal} intent_too_large. */
function whole(granted: readonly GrantedAws[], compile: Compile): SharedSession {
  const session = sessionOf(granted, compile);
  return fits(session) ? session : refuseTooLarge(granted, compile);
}

function dividedFew(granted: readonly GrantedAws[], compile: Compile): readonly SharedSession[] {
  const all = together(granted, compile);
  if (all) return [all];
  const details = granted.map((each) => [each]);
  const ways = [packed(ofServices(granted, compile), compile), packed(details, compile)];
  const [fewest] = ways.filter((way) => way !== undefined).toSorted((a, b) => a.length - b.length);
  if (!fewest) return details.map((each) => whole(each, compile));
  return fewest.map((session) => ({ ...session, granted: rejoined(session.granted, granted) }));
}

/** The parts of each detail as the detail itself, where the session has all of them. */
const rejoined = (parts: readonly GrantedAws[], granted: readonly GrantedAws[]): readonly GrantedAws[] =>
  [...Map.groupBy(parts, ({ index }) => index)].flatMap(([index, own]) => {
    const detail = granted.find((each) => each.index === index);
    const pairs = own.reduce((count, { permitted }) => count + permitted.length, 0);
    return detail?.permitted.length === pairs ? [detail] : own;
  });

/** One session of all; undefined where they do not fit into one, or one detail would take from another. */
function together(granted: readonly GrantedAws[], compile: Compile): SharedSession | undefined {
  const areAllShared = granted.every((one, place) => granted.slice(0, place).every((other) => areShared(one, other)));
  const session = areAllShared ? sessionOf(granted, compile) : undefined;
  return session && fits(session) ? session : undefined;
}

/** Units that stay together: the pairs of one service, or those of one service in one detail where the former do not fit. */
const ofServices = (granted: readonly GrantedAws[], compile: Compile): readonly (readonly GrantedAws[])[] =>
  [...Map.groupBy(granted.flatMap(partsOf), ({ service }) => service).values()].flatMap((parts) =>
    together(parts, compile) ? [parts] : [...Map.groupBy(parts, ({ index }) => index).values()],
  );

const partsOf = ({ detail, index, permitted }: GrantedAws) =>
  [...Map.groupBy(permitted, ({ pair }) => pair.action.slice(0, pair.action.indexOf(":")))].flatMap(([service, own]) =>
    grantedParts(detail, own).map((part) => ({ ...part, index, service })),
  );

/** Adds each unit to the first session that takes it; undefined where one fits into no session. */
function packed(units: readonly (readonly GrantedAws[])[], compile: Compile): readonly SharedSession[] | undefined {
  const sessions: SharedSession[] = [];
  for (const unit of units) {
    const longer = sessions.map(({ granted }) => joined(granted, unit, compile));
    const place = longer.findIndex((each) => each !== undefined);
    const session = longer[place] ?? sessionOf(unit, compile);
    if (!fits(session)) return undefined;
    sessions.splice(place < 0 ? sessions.length : place, 1, session);
  }
  return sessions;
}

/** The session of both, or undefined where they cannot share one. */
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

/** Gives every part of a detail but the first a place behind all details, and each session the number of its first. */
function numbered(sessions: readonly SharedSession[], details: number): readonly SharedSession[] {
  const taken = new Set<number>();
  let next = details;
  return sessions.map(({ granted, policy }) => {
    const placed = granted.map((each) => {
      const index = taken.has(each.index) ? next++ : each.index;
      taken.add(index);
      return { ...each, index };
    });
    const lease = Math.min(...placed.map(({ index }) => index));
    return {
      policy,
      granted: placed.map(({ detail, index, permitted }) => ({ detail: { ...detail, lease }, index, permitted })),
    };
  });
}
