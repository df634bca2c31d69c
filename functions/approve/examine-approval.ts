import { type ApprovalRecord, recordHash } from "../core/approvals/approval-record.ts";
import { type ApprovalState, approvalState } from "../core/approvals/approval-state.ts";
import { excludedPeople } from "../core/approvals/excluded-people.ts";
import type { Excluded } from "../core/approvals/fill-slots.ts";
import type { CastVotes } from "../core/approvals/stored-approval.ts";
import { useWithinOf } from "../core/approvals/use-within.ts";
import type { KnownAgent } from "../core/identity/agent.ts";
import { type CountedVote, type Tally, tallyOf, verifyVotes } from "../steps/approvals/verify-votes.ts";
import type { ApprovePorts } from "./approve-ports.ts";

/** Request for approval with everything that is known of it now. */
export interface Examined {
  readonly record: ApprovalRecord;
  readonly hash: string;
  /** Agent as it is registered now; absent once it is not. */
  readonly agent?: KnownAgent;
  /** Votes and outcome as they are stored. */
  readonly cast: CastVotes;
  /** Votes whose tokens were verified now. */
  readonly votes: readonly CountedVote[];
  readonly excluded: Excluded;
  readonly tally: Tally;
  readonly state: ApprovalState;
}

type Needs = Pick<ApprovePorts, "ballots" | "agents" | "tasks" | "tokens" | "deployment" | "clock">;

/**
 * Reads a request and counts its votes, each of which is verified anew: what is stored proves nothing.
 * @returns undefined where there is no such request, or its record cannot be read.
 * @throws {Refusal} store_unavailable.
 */
export async function examineApproval(id: string, ports: Needs): Promise<Examined | undefined> {
  const [stored, cast] = await Promise.all([ports.ballots.read(id), ports.ballots.readVotes(id)]);
  const { record } = stored;
  if (!record) return undefined;
  const [hash, nowSeconds] = [recordHash(record), ports.clock.nowMs() / 1_000];
  const [agents, task, verified] = await Promise.all([
    Promise.all([record.agent.id, ...record.chain].map((each) => ports.agents.read(each))),
    ports.tasks.read(record.task as Parameters<typeof ports.tasks.read>[0]),
    verifyVotes(cast.votes, record, hash, ports),
  ]);
  const persons = record.person ? [record.person] : [];
  const excluded = excludedPeople(agents, persons, record.needed, ports.deployment.issuers, nowSeconds);
  const tally = tallyOf(verified.votes, record, excluded);
  const facts = {
    record,
    isUsed: stored.uses.length > 0,
    ...(cast.outcome ? { outcome: cast.outcome.decision } : {}),
    isCancelled: task?.status !== "active",
    isVoid: stored.void !== undefined,
    ...(tally.filledAt === undefined ? {} : { filledAt: tally.filledAt }),
    useWithinSeconds: useWithinOf(record, ports.deployment),
  };
  const [agent] = agents;
  return {
    ...{ record, hash, cast, votes: verified.votes, excluded, tally, state: approvalState(facts, nowSeconds) },
    ...(agent ? { agent } : {}),
  };
}
