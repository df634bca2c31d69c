import type { WhyNot } from "../../../contract/decision/why-not-in-words.ts";
import type { ApproverGroup } from "../deployment/approver-group.ts";
import { isSamePerson, type Person, personId } from "../identity/person.ts";
import type { NeededVotes } from "../policy/needed-votes.ts";
import { needsConsent, THE_PERSON, votesIn } from "../policy/needed-votes.ts";

/** Person who voted, with the groups that the vote proves. */
export interface Voter {
  readonly person: Person;
  readonly groups: readonly string[];
}

/** People who may not vote on a request. */
export interface Excluded {
  /** Person on whose behalf the task acts, people in the chain, and those who shaped the agent. */
  readonly people: readonly Person[];
  /** People among `people` on whose behalf the task acts. */
  readonly actedFor?: readonly Person[];
  /** People among `people` who registered the agent or an agent above it. */
  readonly registrants?: readonly Person[];
  /** Owners of the agent and of the agents above it: the vote of one does not suffice alone. */
  readonly owners?: readonly Person[];
  /** Issuers whose people may not vote. An owner or a shaper is unknown there, and could be any of these people. */
  readonly unresolvedIssuers: readonly string[];
}

/** Filled slots: for each group, the people whose votes count for it. A vote counts once, for one group. */
export type Filled = readonly { readonly group: string; readonly count: number; readonly people: readonly Person[] }[];

/** Rule by which a person may not vote. */
export type Exclusion = Extract<
  WhyNot,
  "acted_for" | "registered_agent" | "changed_agent" | "owner_or_shaper_unknown" | "owner_alone"
>;

/**
 * Finds the rule by which a voter may not vote on the request; undefined where none applies. The voter's groups are
 * checked elsewhere. Nobody is excluded from their own consent.
 */
export function exclusionOf(voter: Voter, needed: readonly NeededVotes[], excluded: Excluded): Exclusion | undefined {
  return needsConsent(needed) && voter.groups.includes(THE_PERSON)
    ? undefined
    : exclusionFromGroups(voter.person, needed, excluded);
}

function exclusionFromGroups(
  person: Person,
  needed: readonly NeededVotes[],
  { people, actedFor = [], registrants = [], owners = [], unresolvedIssuers }: Excluded,
): Exclusion | undefined {
  const isAmong = (some: readonly Person[]): boolean => some.some((each) => isSamePerson(each, person));
  if (isAmong(people))
    return isAmong(actedFor) ? "acted_for" : isAmong(registrants) ? "registered_agent" : "changed_agent";
  if (unresolvedIssuers.includes(person.issuer)) return "owner_or_shaper_unknown";
  if (votesIn(needed) < 2 && isAmong(owners)) return "owner_alone";
  return undefined;
}

/**
 * Lists the voters whose votes may count, each with the groups for which they count. An excluded person's vote counts
 * for that person's own consent alone.
 */
export function eligible(
  voters: readonly Voter[],
  needed: readonly NeededVotes[],
  excluded: Excluded,
): readonly Voter[] {
  const byPerson = new Map<string, Voter>();
  for (const voter of voters) {
    const isExcluded = exclusionFromGroups(voter.person, needed, excluded) !== undefined;
    const groups = isExcluded ? voter.groups.filter((group) => group === THE_PERSON) : voter.groups;
    if (groups.length === 0) continue;
    const id = personId(voter.person);
    byPerson.set(id, { ...voter, groups: [...new Set([...(byPerson.get(id)?.groups ?? []), ...groups])] });
  }
  return [...byPerson.values()].sort((a, b) => (personId(a.person) < personId(b.person) ? -1 : 1));
}

/**
 * Matches voters to slots so that as many slots as possible are filled, each by another person (augmenting paths; Kuhn 1955).
 * The order of the voters does not change how many slots are filled.
 */
export function fillSlots(voters: readonly Voter[], needed: readonly NeededVotes[]): Filled {
  const slots = needed.flatMap(({ group, count }) => Array.from({ length: count }, () => group));
  const voterOf = new Map<number, Voter>();
  const place = (voter: Voter, tried: Set<number>): boolean =>
    slots.some((group, slot) => {
      if (!voter.groups.includes(group) || tried.has(slot)) return false;
      tried.add(slot);
      const before = voterOf.get(slot);
      if (before && !place(before, tried)) return false;
      voterOf.set(slot, voter);
      return true;
    });
  for (const voter of voters) place(voter, new Set());
  return needed.map(({ group, count }) => ({
    group,
    count,
    people: [...voterOf].filter(([slot]) => slots[slot] === group).map(([, { person }]) => person),
  }));
}

/** True where every slot is filled. */
export const isFilled = (filled: Filled): boolean => filled.every(({ count, people }) => people.length >= count);

/** Group of approvers, as far as its people go. */
type Group = Pick<ApproverGroup, "name" | "issuer" | "members">;

/** People who can give the votes of one `@approval`, as far as `valetkey.json` lists people. */
export interface Fillable {
  /** False where the listed people are too few, each voting once. */
  readonly isFillable: boolean;
  /** People without whom the votes cannot be given. */
  readonly irreplaceable: readonly Person[];
}

const NOBODY: Excluded = { people: [], unresolvedIssuers: [] };

/**
 * Computes exactly whether distinct people can give all votes of the groups that list `persons`. Groups by claim are left out: only their issuer
 * knows their people.
 * @param excluded people who may not vote on one request; nobody where it is about a policy.
 */
export function fillable(
  needed: readonly NeededVotes[],
  approvers: readonly Group[],
  excluded: Excluded = NOBODY,
): Fillable {
  const voters = eligible(listedVoters(approvers), needed, excluded);
  const listed = needed.filter(({ group }) =>
    approvers.some(({ name, members }) => name === group && "persons" in members),
  );
  const fills = (people: readonly Voter[]) => isFilled(fillSlots(people, listed));
  const isFillable = fills(voters);
  return {
    isFillable,
    irreplaceable: isFillable
      ? voters.filter((voter) => !fills(voters.filter((each) => each !== voter))).map(({ person }) => person)
      : [],
  };
}

/** Lists each person once, with every group that lists the person. */
function listedVoters(approvers: readonly Group[]): readonly Voter[] {
  const entries = approvers.flatMap(({ name, issuer, members }) =>
    "persons" in members ? members.persons.map((value) => ({ person: { issuer, value }, group: name })) : [],
  );
  return [...Map.groupBy(entries, ({ person }) => personId(person)).values()].flatMap(([first, ...rest]) =>
    first === undefined ? [] : [{ person: first.person, groups: [first.group, ...rest.map(({ group }) => group)] }],
  );
}
