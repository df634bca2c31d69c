import { readIamText } from "../../functions/core/policy/read-iam-text.ts";
import { canonicalJson } from "../../functions/core/text/canonical-json.ts";
import { type Clause, type Fact, follows, isNever } from "../check/clauses.ts";
import type { Reach, ReachCondition, ReachEntry, ReachPermit } from "./reach-of.ts";

/**
 * True only where the outer reach contains every grant of the inner one, on the same terms or easier ones. False also where that is unclear.
 */
export function isWithin(inner: Reach, outer: Reach): boolean {
  const arePermitted = inner.permits.every((permit) =>
    outer.permits.some((wider) => isPermitWithin(permit, wider, inner, outer)),
  );
  // Each exclusion must remain, unless it is disjoint from every remaining permit.
  return (
    arePermitted &&
    outer.except.every(
      (excluded) =>
        (inner.except.some((remaining) => isEntryWithin(excluded, remaining)) &&
          areMembersSame(excluded, inner, outer)) ||
        inner.permits.every((permit) => areDisjoint(permit, excluded)),
    )
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
const areMembersSame = ({ actions }: ReachEntry, inner: Reach, outer: Reach): boolean =>
  actions.every((name) => membersIn(inner, name) === membersIn(outer, name));

const membersIn = ({ groups }: Reach, name: string): string => canonicalJson(groups[name] ?? null);

/** True where the wider entry contains each call of the entry, by the names of actions and the conditions. */
function isEntryWithin(entry: ReachEntry, wider: ReachEntry): boolean {
  const [one, other] = [clauseOf(wider.where), clauseOf(entry.where)];
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
function clauseOf(conditions: readonly ReachCondition[]): Clause | undefined {
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
