import type { WhyNot } from "../../contract/decision/why-not-in-words.ts";
import { askedGroups } from "../core/approvals/asked-groups.ts";
import { exclusionOf, type Voter } from "../core/approvals/fill-slots.ts";
import { isMember } from "../core/approvals/read-vote.ts";
import { STORED_VOTES } from "../core/approvals/stored-approval.ts";
import type { ApproverGroup } from "../core/deployment/approver-group.ts";
import { isSamePerson, type Person } from "../core/identity/person.ts";
import { votesIn } from "../core/policy/needed-votes.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { Examined } from "./examine-approval.ts";

/** A person's part in a request. */
export interface VoterPart {
  /** Groups of the request whose membership the person's token proves. */
  readonly groups: readonly ApproverGroup[];
  readonly why?: WhyNot;
  /** True where no further vote of the person's groups is recorded. The person may still deny the request. */
  readonly isFull: boolean;
  /** True where the person has voted, and the vote is not void. */
  readonly hasVoted: boolean;
}

/** Returns the person's part in the request, by the token of this HTTP request. A vote's own token proves its groups again. */
export function voterOf(
  { person, claims }: Pick<OperatorIdentity, "person" | "claims">,
  examined: Pick<Examined, "record" | "excluded" | "cast" | "votes" | "voidVotes">,
  configured: Parameters<typeof askedGroups>[1],
): VoterPart {
  const { record, excluded, cast, voidVotes } = examined;
  const groups = askedGroups(record, configured).filter((group) => isMember(claims, person, group));
  const names = groups.map(({ name }) => name);
  const voter = { person, groups: names };
  const why = groups.length === 0 ? "no_group" : exclusionOf(voter, record.needed, excluded);
  const isOwn = (vote: { readonly person: Person }): boolean => isSamePerson(vote.person, person);
  const hasVoted = cast.votes.some(isOwn) && !voidVotes.some(isOwn);
  return { groups, hasVoted, isFull: isFull(voter, false, examined), ...(why === undefined ? {} : { why }) };
}

/**
 * True where every group of the voter has given as many votes of other people as are recorded of one group. Further ones
 * could hide votes of another group, since the exchange reads a bounded number. Votes that break the glass are counted apart.
 * More votes than are needed are taken until then: one of them counts where another becomes void, or was never genuine.
 */
export function isFull(
  { person, groups }: Voter,
  isGlass: boolean,
  { record, votes }: Pick<Examined, "record" | "votes">,
): boolean {
  const others = votes.filter((each) => !isSamePerson(each.person, person) && (each.glass === true) === isGlass);
  const most = Math.max(STORED_VOTES.ofGroup, votesIn(record.needed));
  return groups.every((group) => others.filter((each) => each.groups.includes(group)).length >= most);
}
