import {
  deciderOf,
  decidersOf,
  type EarlierRequest,
  secondsUntilAllowed,
} from "../../core/approvals/approval-limits.ts";
import type { ApprovalRequests, ListedRequest } from "../../core/approvals/approvals.ts";
import type { Person } from "../../core/identity/person.ts";
import type { NeededVotes } from "../../core/policy/needed-votes.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";

type Needs = Pick<SealingPorts, "tasks" | "clock">;

/** Age up to which earlier requests are read; seconds. No request waits longer for people. */
const LOOK_BACK_SECONDS = 86_400;

/**
 * Refuses a request of an agent that requests approvals too often, which would wear people down.
 * @throws {Refusal} too_many_approvals, store_unavailable.
 */
export async function refuseTooMany(
  agent: string,
  key: string,
  needed: readonly NeededVotes[],
  person: Person | undefined,
  approvals: ApprovalRequests,
  ports: Needs,
): Promise<void> {
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const listed = await approvals.listed(agent, nowSeconds - LOOK_BACK_SECONDS);
  const counted = listed.filter(({ createdAt, expiresAt }) => createdAt > nowSeconds - 3_600 || expiresAt > nowSeconds);
  const earlier = await Promise.all(counted.map((each) => stateOf(each, agent, nowSeconds, approvals, ports)));
  const groups = decidersOf({ needed, ...(person ? { person } : {}) });
  const retryAfterSeconds = Math.ceil(secondsUntilAllowed(key, groups, earlier, nowSeconds));
  if (retryAfterSeconds > 0) throw new Refusal("too_many_approvals", { retryAfterSeconds });
}

async function stateOf(
  { id, task: path, key, groups, createdAt, expiresAt }: ListedRequest,
  agent: string,
  nowSeconds: number,
  approvals: ApprovalRequests,
  { tasks }: Needs,
): Promise<EarlierRequest> {
  const [{ outcome }, stored, isAlive] = await Promise.all([
    approvals.readVotes(id),
    approvals.read(id),
    tasks.isAlive({ path, agent }),
  ]);
  const isPending = expiresAt > nowSeconds && isAlive && !outcome && !stored.void && stored.uses.length === 0;
  const by = outcome && deciderOf(outcome.by);
  const denied =
    outcome?.decision === "denied"
      ? { deniedAt: outcome.at, ...(by !== undefined && groups.includes(by) ? { deniedBy: by } : {}) }
      : {};
  return { key, groups, createdAt, isPending, ...denied };
}
