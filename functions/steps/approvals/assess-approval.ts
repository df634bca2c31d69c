import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import { type ApprovalState, approvalState } from "../../core/approvals/approval-state.ts";
import { excludedPeople } from "../../core/approvals/excluded-people.ts";
import type { Excluded } from "../../core/approvals/fill-slots.ts";
import { useWithinOf } from "../../core/approvals/group-times.ts";
import type { CastVotes } from "../../core/approvals/stored-approval.ts";
import { defined } from "../../core/defined.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { Ports } from "../../core/ports.ts";
import type { Task } from "../../core/tasks/task.ts";
import { mayApprove } from "./authorise-approval.ts";
import { type CountedVote, type Tally, tallyOf, verifyVotes } from "./verify-votes.ts";

/** Request for approval with its stored facts. */
export interface StoredRequest {
  readonly record: ApprovalRecord;
  readonly hash: string;
  readonly cast: CastVotes;
  readonly isUsed: boolean;
  readonly isVoid: boolean;
  /** End of the time for further uses, as in `ApprovalFacts`. */
  readonly standsUntil?: number;
  /** Waiting task; absent once it is gone. */
  readonly task?: Pick<Task, "status"> | undefined;
}

/** State of a request at this moment, with the facts that determine it. */
export interface Assessment {
  /** Agent as it is registered now; absent once it is no longer registered. */
  readonly agent?: KnownAgent;
  readonly excluded: Excluded;
  /** People who may not give the approval alone, by breaking the glass. */
  readonly excludedAlone: Excluded;
  /** Votes whose tokens were verified just now, of people whom policy now permits to approve. */
  readonly votes: readonly CountedVote[];
  readonly tally: Tally;
  readonly state: ApprovalState;
  /** True where an issuer could not be reached, so that a vote may be missing. */
  readonly isUnsure: boolean;
}

export type AssessNeeds = Pick<Ports, "agents" | "tokens" | "policies" | "deployment" | "clock">;

/**
 * Counts the votes on a request and computes its state, for `approve` as for the exchange. Verifies each vote anew, and
 * evaluates policy for its person: a vote's place in the store proves neither.
 * @param unused filters the votes by whether their sign-in was used for nothing else, where the caller can read that.
 * @throws {Refusal} store_unavailable.
 */
export async function assessApproval(
  { record, hash, cast, isUsed, isVoid, task, standsUntil }: StoredRequest,
  ports: AssessNeeds,
  unused: (votes: readonly CountedVote[]) => Promise<readonly CountedVote[]> = async (votes) => votes,
): Promise<Assessment> {
  const [agents, verified] = await Promise.all([
    Promise.all([record.agent.id, ...record.chain].map((each) => ports.agents.read(each))),
    verifyVotes(cast.votes, record, hash, ports),
  ]);
  const [agent] = agents;
  const votes = await permitted(await unused(verified.votes), { record, agent }, ports);
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const persons = record.person ? [record.person] : [];
  const excludedFrom = (needed: ApprovalRecord["needed"]) =>
    excludedPeople(agents, persons, needed, ports.deployment.issuers, nowSeconds);
  const [excluded, excludedAlone] = [excludedFrom(record.needed), excludedFrom([ONE])];
  const ordinary = tallyOf(
    votes.filter(({ glass }) => !glass),
    record,
    excluded,
  );
  const tally = ordinary.filledAt === undefined ? brokenGlass(ordinary, votes, record, excludedAlone) : ordinary;
  const facts = {
    record,
    isUsed,
    isVoid,
    ...defined({ standsUntil }),
    ...(cast.outcome ? { outcome: cast.outcome.decision } : {}),
    // An expired task is not cancelled: the state of its request follows from the clock.
    isCancelled: task?.status !== "active" && task?.status !== "expired",
    ...defined({ filledAt: tally.filledAt }),
    useWithinSeconds: useWithinOf(record, ports.deployment),
  };
  const state = approvalState(facts, nowSeconds);
  return { ...(agent ? { agent } : {}), excluded, excludedAlone, votes, tally, state, isUnsure: verified.isUnsure };
}

/**
 * Counts the earliest vote by which a person gives the approval alone, where the record permits that. The vote fills
 * every slot. The person must satisfy the rules of a single vote, so an owner's vote does not count.
 */
function brokenGlass(
  tally: Tally,
  votes: readonly CountedVote[],
  record: ApprovalRecord,
  excludedAlone: Excluded,
): Tally {
  if (!record.break_glass) return tally;
  const alone = votes
    .filter(({ glass }) => glass)
    .map((vote) => tallyOf([vote], { needed: [{ group: vote.groups[0] ?? "", count: 1 }] }, excludedAlone))
    .filter(({ filledAt }) => filledAt !== undefined)
    .toSorted((a, b) => (a.filledAt ?? 0) - (b.filledAt ?? 0));
  const [first] = alone;
  return first ? { ...first, filled: tally.filled, glass: true } : tally;
}

/** Need for a single vote. The vote of an owner does not suffice, nor any vote while the owner is unknown. */
export const ONE = { group: "", count: 1 } as const;

/** Filters the votes of people whom Cedar permits to approve this request, by their votes' own tokens (I9a, I9d). */
async function permitted(
  votes: readonly CountedVote[],
  request: Parameters<typeof mayApprove>[1],
  ports: AssessNeeds,
): Promise<readonly CountedVote[]> {
  const each = await Promise.all(
    votes.map(async (vote) => ((await mayApprove(vote.voter, request, ports)) ? [vote] : [])),
  );
  return each.flat();
}
