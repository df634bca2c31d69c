import type { ApproverGroup } from "../deployment/approver-group.ts";
import { type Person, personId } from "../identity/person.ts";
import type { NeededVotes } from "../policy/needed-votes.ts";
import { type Excluded, eligible, fillSlots, isFilled, type Voter } from "./fill-slots.ts";

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
