import type { ParsedArn } from "../../core/catalogue/arn.ts";
import type { CatalogueAction } from "../../core/catalogue/catalogue-action.ts";
import { groupsOf } from "../../core/catalogue/groups-of.ts";
import { globFromIam } from "../../core/text/glob.ts";
import { type Clause, type Fact, follows, isNever } from "../clauses/clauses.ts";
import { withFacts } from "../clauses/unreachable.ts";
import { EVERY } from "./group-members.ts";
import type { ReachEntry, ReachOfAgent, ReachPermit, ReachRule } from "./reach-of.ts";
import { clauseOf } from "./within.ts";

/** Calls of one action on a resource of AWS, or on the resources of a pattern. */
export interface Calls {
  readonly action: CatalogueAction;
  readonly arn: ParsedArn;
}

/** Entry of a rule, with the id of its policy and its file. */
export interface ReachedBy<E extends ReachEntry = ReachEntry> {
  readonly policy: string;
  readonly file: string;
  readonly entry: E;
}

/** Reach of an agent on the calls. */
export interface ReachOnResource {
  /** Permits that some of the calls may be granted by, on their conditions. */
  readonly permits: readonly ReachedBy<ReachPermit>[];
  /** Forbids that certainly exclude every call: with one of them, nothing is granted. */
  readonly forbids: readonly ReachedBy[];
  /** Forbids that may exclude some of the calls, or all of them where their conditions hold. */
  readonly sometimes: readonly ReachedBy[];
}

/** Computes the part of an agent's reach that is about the calls. Like the reach, it is an upper bound. */
export function reachOnResource(calls: Calls, { permits, forbids, uncounted }: ReachOfAgent): ReachOnResource {
  const certain = forbids.flatMap(entriesOf).filter(({ entry }) => mayInclude(calls, entry));
  const whole = certain.filter(({ entry }) => isWholly(calls, entry));
  return {
    permits: permits.flatMap(entriesOf).filter(({ entry }) => mayInclude(calls, entry)),
    forbids: whole,
    sometimes: [
      ...certain.filter((each) => !whole.includes(each)),
      ...uncounted.flatMap(entriesOf).filter(({ entry }) => mayInclude(calls, entry)),
    ],
  };
}

const entriesOf = <E extends ReachEntry>({ rule, entries }: ReachRule<E>): readonly ReachedBy<E>[] =>
  entries.map((entry) => ({ policy: rule.policy.id, file: rule.file, entry }));

/** True unless no call is in the entry. */
function mayInclude(calls: Calls, entry: ReachEntry & Partial<ReachPermit>): boolean {
  if (!isOfAction(calls, entry) || !isOfResources(entry)) return false;
  const clause = clauseOf(entry.where);
  if (clause === undefined) return true;
  return !isNever(withFacts({ must: [...clause.must, ...factsOf(calls)], mustNot: clause.mustNot }));
}

/** True where each call is in the entry, whatever the request. */
function isWholly(calls: Calls, entry: ReachEntry): boolean {
  const clause = clauseOf([...entry.where, ...(entry.given ?? [])]);
  const asked: Clause = withFacts({ must: factsOf(calls), mustNot: [] });
  return clause !== undefined && follows(clause, asked);
}

/** A permit for every action grants none that mints, unless it is for effects that outlive the task. */
function isOfAction({ action }: Calls, { actions, needs, outlives }: ReachEntry & Partial<ReachPermit>): boolean {
  const isEvery = needs === undefined || outlives === true || !action.mints;
  return actions.some((name) => (name === EVERY && isEvery) || name === action.name || groupsOf(action).includes(name));
}

/** True for entries about resources of AWS, or of any type. No policy names one of AWS's resources by its identity. */
const isOfResources = ({ on }: ReachEntry): boolean => on === EVERY || on === "AWS::Resource";

const factsOf = ({ arn: { text, account } }: Calls): readonly Fact[] => [
  { about: "resource.arn", glob: globFromIam(text) },
  ...(account === "" ? [] : [{ about: "resource.account", glob: globFromIam(account) }]),
];
