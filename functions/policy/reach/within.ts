import { canonicalJson } from "../../../contract/canonical-json.ts";
import { readIamText } from "../../core/policy/read-iam-text.ts";
import { type Clause, type Fact, follows, isNever } from "../clauses/clauses.ts";
import type { Reach, ReachCondition, ReachEntry, ReachPermit } from "./reach-of.ts";
import type { PartContent } from "./reach-parts.ts";

/**
 * True only where the outer part contains every grant of the inner one, on the same terms or easier ones, by the same
 * accounts and groups, and the inner one cuts as much from other parts. False also where that is unclear.
 */
export const isPartWithin = (inner: PartContent, outer: PartContent): boolean =>
  isWithin(inner.reach, outer.reach) &&
  areExcluded(outer.cuts, inner.cuts) &&
  Object.entries(inner.facts).every(
    ([name, facts]) => Object.hasOwn(outer.facts, name) && canonicalJson(facts) === canonicalJson(outer.facts[name]),
  );

/**
 * True only where the outer reach contains every grant of the inner one, on the same terms or easier ones. False also where that is unclear.
 */
export const isWithin = (inner: Reach, outer: Reach): boolean =>
  inner.permits.every((permit) => outer.permits.some((wider) => isPermitWithin(permit, wider, inner, outer))) &&
  areExcluded(outer, inner, (excluded) => inner.permits.every((permit) => areDisjoint(permit, excluded)));

type Excluding = Pick<Reach, "except" | "sometimes" | "groups">;

/** True where each exclusion remains, as it is or wider, unless it matters to nothing that remains. */
function areExcluded(
  before: Excluding,
  after: Excluding,
  mattersNoMore: (excluded: ReachEntry) => boolean = () => false,
): boolean {
  const remains = [...after.except, ...after.sometimes];
  return [...before.except, ...before.sometimes].every(
    (excluded) =>
      (remains.some((remaining) => isEntryWithin(excluded, remaining)) && areMembersSame(excluded, after, before)) ||
      mattersNoMore(excluded),
  );
}

function isPermitWithin(permit: ReachPermit, wider: ReachPermit, inner: Reach, outer: Reach): boolean {
  const areAccountsWithin =
    permit.accounts === undefined || wider.accounts === undefined
      ? permit.accounts === wider.accounts
      : permit.accounts.every((id) => wider.accounts?.includes(id));
  const areTermsKept =
    Object.keys(wider.needs).length === 0 || canonicalJson(permit.needs) === canonicalJson(wider.needs);
  const isBoundAsMuch = permit.outlives === undefined || wider.outlives === true;
  return (
    isEntryWithin(permit, wider) &&
    areMembersSame(permit, inner, outer) &&
    areAccountsWithin &&
    areTermsKept &&
    isBoundAsMuch
  );
}

/** True where each group that the entry names has the same members in both. */
const areMembersSame = ({ actions }: ReachEntry, inner: Excluding, outer: Excluding): boolean =>
  actions.every((name) => membersIn(inner, name) === membersIn(outer, name));

const membersIn = ({ groups }: Pick<Reach, "groups">, name: string): string => canonicalJson(groups[name] ?? null);

/** True where the wider entry contains each call of the entry, by the names of actions and the conditions. */
function isEntryWithin(entry: ReachEntry, wider: ReachEntry): boolean {
  const [one, other] = [wider, entry].map(({ where, given = [] }) => clauseOf([...where, ...given]));
  return (
    entry.actions.every((name) => wider.actions.includes(name)) &&
    (wider.on === "*" || wider.on === entry.on) &&
    one !== undefined &&
    other !== undefined &&
    follows(one, other)
  );
}

/** True where the conditions of the two contradict each other. */
function areDisjoint(permit: ReachEntry, excluded: ReachEntry): boolean {
  const [one, other] = [clauseOf(permit.where), clauseOf(excluded.where)];
  if (one === undefined || other === undefined) return false;
  return isNever({ must: [...one.must, ...other.must], mustNot: [...one.mustNot, ...other.mustNot] });
}

/** Reads conditions as a clause; undefined where one of them has an unknown form. */
export function clauseOf(conditions: readonly ReachCondition[]): Clause | undefined {
  const read = conditions.map(factOf);
  const facts = read.filter((each) => each !== undefined);
  if (facts.length < read.length) return undefined;
  return {
    must: facts.filter(({ isMet }) => isMet).map(({ fact }) => fact),
    mustNot: facts.filter(({ isMet }) => !isMet).map(({ fact }) => fact),
  };
}

function factOf(condition: ReachCondition): { readonly fact: Fact; readonly isMet: boolean } | undefined {
  if ("holds" in condition) return { fact: { about: `{${condition.holds}`, glob: TRUE }, isMet: true };
  if ("fails" in condition) return { fact: { about: `{${condition.fails}`, glob: TRUE }, isMet: false };
  const isMet = "in" in condition;
  const glob = readIamText(isMet ? condition.in : condition.not_in);
  return glob && { fact: { about: condition.of, glob }, isMet };
}

const TRUE = [{ literal: "true" }];
