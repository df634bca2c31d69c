import { askedGroups } from "../core/approvals/asked-groups.ts";
import { type Exclusion, exclusionOf, fillsSlot, type Voter } from "../core/approvals/fill-slots.ts";
import { isMember } from "../core/approvals/read-vote.ts";
import type { ApproverGroup } from "../core/deployment/approver-group.ts";
import { isSamePerson, type Person } from "../core/identity/person.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import type { Examined } from "./examine-approval.ts";

/** Reason why a person may not decide about a request. */
export type Ineligible = Exclusion | "no_group" | "not_voted" | "no_glass" | "group_full";

/** A person's part in a request. */
export interface VoterPart {
  /** Groups of the request whose membership the person's token proves. */
  readonly groups: readonly ApproverGroup[];
  readonly why?: Ineligible;
  /** True where the person's vote would fill no slot. The person may still deny the request. */
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
  return { groups, hasVoted, isFull: isFull(voter, examined), ...(why === undefined ? {} : { why }) };
}

/** True where the others have given every vote that the voter's groups could give. Votes that break the glass are counted apart. */
export function isFull(
  voter: Voter,
  { record, excluded, votes }: Pick<Examined, "record" | "excluded" | "votes">,
): boolean {
  const others = votes.filter(({ person, glass }) => !glass && !isSamePerson(person, voter.person));
  return !fillsSlot(voter, others, record.needed, excluded);
}
