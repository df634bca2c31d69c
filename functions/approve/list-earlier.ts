import type { EarlierRequests } from "../../contract/approvals.ts";
import type { ApprovalRecord } from "../core/approvals/approval-record.ts";
import { type ApprovalState, approvalState } from "../core/approvals/approval-state.ts";
import type { ListedRequest } from "../core/approvals/approvals.ts";
import { useWithinOf } from "../core/approvals/group-times.ts";
import type { AnnouncedDecision, CastVotes, StoredApproval } from "../core/approvals/stored-approval.ts";
import { atOnce } from "../core/at-once.ts";
import { personId } from "../core/identity/person.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { operation } from "../operators/operation.ts";
import { mayApprove } from "../steps/approvals/authorise-approval.ts";
import { describeAgainst } from "../steps/approvals/describe-waiting.ts";
import type { OperatorIdentity } from "../steps/requests/verify-operator.ts";
import { approvalFor } from "./approval-for.ts";
import type { ApprovePorts } from "./approve-ports.ts";
import { countedVotes } from "./counted-votes.ts";
import type { Examined } from "./examine-approval.ts";

/** Age up to which earlier requests are read; seconds. */
const LOOK_BACK_SECONDS = 30 * 86_400;

/**
 * Bounds of one answer. `listed`: entries of the agent's list, more than four days of an agent that asks as often as it
 * may. Requests for something else thus hide no earlier denial. `read`: requests for the same. `atOnce`: requests that
 * are read at the same time.
 */
const MOST = { listed: 2_000, read: 100, atOnce: 10 } as const;

type Earlier = EarlierRequests["requests"][number];

/**
 * Answers `GET /v1/approvals/{approval}/earlier`: the agent's requests for the same before this one, with their
 * outcomes. Evaluates policy for each of them, and omits those that the person may not approve. For information:
 * nothing is decided by it.
 */
export const listEarlier = (event: HttpEvent, ports: ApprovePorts): Promise<HttpAnswer> =>
  operation<EarlierRequests>(event, ports, async (operator) => {
    const examined = await approvalFor(operator, event.pathParameters?.approval ?? "", ports);
    const { record } = examined;
    const from = record.created_at - LOOK_BACK_SECONDS;
    const span = { from, until: record.created_at };
    const listed = await ports.ballots.listRequests(record.agent.id, record.person, span, MOST.listed + 1);
    // The key is the one that the exchange has recorded: an entry without its request's own one is compared with nothing.
    const own = listed.find(({ id }) => id === record.id);
    const same = listed.filter(({ id, key }) => id !== record.id && key === own?.key);
    const read = same.slice(0, MOST.read);
    const described = await atOnce(MOST.atOnce, read, (each) => describeEarlier(each, operator, examined, ports));
    return {
      since: isoSeconds(from),
      cut: own === undefined || listed.length > MOST.listed || read.length < same.length,
      requests: described.flatMap((each) => each ?? []),
    };
  });

/** Describes an earlier request; returns undefined for one that the person may not approve, and for one that gave way before anybody saw it. */
async function describeEarlier(
  { id, createdAt }: ListedRequest,
  operator: OperatorIdentity,
  { agent }: Pick<Examined, "agent">,
  ports: ApprovePorts,
): Promise<Earlier | undefined> {
  const stored = await ports.ballots.read(id);
  const { record } = stored;
  if (!record || !(await mayApprove(operator, { record, agent }, ports))) return undefined;
  const [cast, announced, task] = await Promise.all([
    ports.ballots.readVotes(id),
    ports.ballots.readAnnounced(id),
    ports.tasks.read(record.task as Parameters<typeof ports.tasks.read>[0]),
  ]);
  const state = stateOf({ record, stored, cast, announced, status: task?.status }, ports);
  if (state === "cancelled" && task?.status === "withdrawn") return undefined;
  return { id, asked_at: isoSeconds(createdAt), ...outcomeOf(state, { record, stored, cast, announced }) };
}

/** Facts that the exchange and `approve` have recorded of a request. */
interface Recorded {
  readonly record: ApprovalRecord;
  readonly stored: StoredApproval;
  readonly cast: CastVotes;
  readonly announced: AnnouncedDecision | undefined;
}

/**
 * Computes the state by the recorded facts alone. Verifies no vote: after thirty days an issuer's keys may be others. An
 * announcement makes no request `used`, only a use that the exchange has recorded does.
 */
function stateOf(
  { record, stored, cast, announced, status }: Recorded & { readonly status: string | undefined },
  { clock, deployment }: Pick<ApprovePorts, "clock" | "deployment">,
): ApprovalState {
  const facts = {
    record,
    isUsed: stored.uses.length > 0,
    isVoid: stored.void !== undefined,
    ...(cast.outcome ? { outcome: cast.outcome.decision } : {}),
    // A task whose record is removed is older than its request's end, which the clock decides.
    isCancelled: status !== undefined && status !== "active" && status !== "expired",
    ...(announced?.decision === "approved" ? { filledAt: announced.at } : {}),
    useWithinSeconds: useWithinOf(record, deployment),
  };
  return approvalState(facts, clock.nowMs() / 1_000);
}

/** Describes the outcome, its time, and who decided. */
function outcomeOf(
  state: ApprovalState,
  { record, stored, cast, announced }: Recorded,
): Omit<Earlier, "id" | "asked_at"> {
  const { outcome } = cast;
  if (state === "used") {
    const first = stored.uses.toSorted((a, b) => a.n - b.n)[0];
    return {
      outcome: "approved",
      at: isoSeconds(first?.usedAt ?? 0),
      by: voters(countedVotes(cast, first)),
      ...(first?.glass ? { glass: true } : {}),
    };
  }
  if (outcome && state === outcome.decision) {
    const { at, by } = describeAgainst(outcome);
    return { outcome: state, at, by: by === undefined ? [] : [by] };
  }
  if (state === "void") return { outcome: "void", at: isoSeconds(stored.void?.at ?? 0), by: [] };
  // Also where its time ended since, or its task.
  if (announced?.decision === "approved")
    return { outcome: "uncollected", at: isoSeconds(announced.at), by: voters(cast.votes) };
  if (state === "expired") return { outcome: "expired", at: isoSeconds(record.expires_at), by: [] };
  return { outcome: state === "cancelled" ? "cancelled" : "pending", by: [] };
}

const voters = (votes: CastVotes["votes"]): string[] => votes.map(({ person }) => personId(person));
