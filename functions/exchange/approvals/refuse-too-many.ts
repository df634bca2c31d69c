import type { AgentId } from "../../../contract/agent-id.ts";
import {
  APPROVAL_LIMITS,
  countedFor,
  deciderOf,
  decidersOf,
  type EarlierRequest,
  sameRequestKey,
  waitUntilAllowed,
} from "../../core/approvals/approval-limits.ts";
import type { ApprovalRequests, ListedRequest } from "../../core/approvals/approvals.ts";
import { atOnce } from "../../core/at-once.ts";
import { defined } from "../../core/defined.ts";
import type { Person } from "../../core/identity/person.ts";
import type { NeededVotes } from "../../core/policy/needed-votes.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { TaskPath } from "../../core/task-path.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import type { Limit } from "../vend/take-place.ts";
import { isOfWorkload } from "./waiting-task.ts";

type Needs = Pick<SealingPorts, "tasks" | "clock">;

/** Age up to which earlier requests are read; seconds. No request waits longer for people. */
const LOOK_BACK_SECONDS = 86_400;

const HOUR_SECONDS = 3_600;

/** Upper bound on the requests whose states are read at the same time. */
const AT_ONCE = 32;

/** Request that an agent is about to make. */
interface NewRequest {
  readonly agent: AgentId;
  /** `sameRequestKey` of the request. */
  readonly key: string;
  readonly needed: readonly NeededVotes[];
  readonly person: Person | undefined;
}

/** Describes the request that a caller makes with these grants. */
export const requestOf = (
  { agent, onBehalf: person }: Pick<Caller, "agent" | "onBehalf">,
  { bound, needed }: Pick<UnapprovedGrants, "bound" | "needed">,
): NewRequest => {
  const pairs = bound.map(({ pair }) => pair);
  return { agent: agent.id, key: sameRequestKey(agent.id, pairs, person), needed, person };
};

/**
 * Refuses a request of an agent that requests approvals too often, which would wear people down. Requests for one person take nothing from those for others.
 * @throws {Refusal} too_many_approvals, store_unavailable.
 */
export async function refuseTooMany(
  request: NewRequest,
  caller: Caller,
  approvals: ApprovalRequests,
  ports: Needs,
): Promise<void> {
  const { agent, key, person } = request;
  const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
  const since = nowSeconds - HOUR_SECONDS;
  const [listed, forPeople] = await Promise.all([
    listedFor(request, approvals, nowSeconds),
    person ? approvals.countForPeople(agent, since + 1, APPROVAL_LIMITS.newForPeopleInHour) : 0,
  ]);
  const isFirst = !listed.some(({ createdAt }) => createdAt > since);
  if (forPeople >= APPROVAL_LIMITS.newForPeopleInHour && !isFirst)
    throw new Refusal("too_many_approvals", { say: AS_MANY, retryAfterSeconds: 60 });
  const earlier = await atOnce(AT_ONCE, listed, (each) => stateOf(each, agent, nowSeconds, approvals, ports));
  const counted = earlier.filter(({ isWithdrawn }) => !isWithdrawn);
  const { seconds, cause } = waitUntilAllowed(key, decidersFor(request), counted, nowSeconds);
  if (seconds <= 0) return;
  const retryAfterSeconds = Math.ceil(seconds);
  if (cause === "waiting") throw new Refusal("too_many_approvals", { say: WAITING, retryAfterSeconds });
  if (cause === "limit") throw new Refusal("too_many_approvals", { say: AS_MANY, retryAfterSeconds });
  if (cause === "paused") throw new Refusal("too_many_approvals", { say: PAUSED, retryAfterSeconds });
  const denied = counted.filter((each) => each.key === key && each.deniedAt !== undefined);
  const reason = await reasonFor(caller, denied, ports);
  throw new Refusal("too_many_approvals", {
    say: "A person has denied this request.",
    retryAfterSeconds,
    ...(reason === undefined ? {} : { more: { reason } }),
  });
}

const AS_MANY = "It has requested as many as it may.";

const WAITING =
  `${APPROVAL_LIMITS.pendingInGroup} of its requests wait for people, the most at a time: ` +
  "people must decide one first, or one must expire. `valetkey whoami` lists them.";

const PAUSED = `People have denied ${APPROVAL_LIMITS.denialsInHour} of its requests within an hour.`;

/** Returns a person's words about the latest denied request. They are for the workload that made it, and not for another one of the same agent. */
async function reasonFor(
  caller: Caller,
  denied: readonly StatedRequest[],
  { tasks }: Pick<Needs, "tasks">,
): Promise<string | undefined> {
  const latest = denied.toSorted((a, b) => (b.deniedAt ?? 0) - (a.deniedAt ?? 0))[0];
  if (latest?.reason === undefined) return undefined;
  const task = await tasks.read(latest.path);
  return task && isOfWorkload(task, caller) ? latest.reason : undefined;
}

/**
 * Makes the limits for a request after it was recorded. Requests that were made at once have not seen each other before: each reads the lists again then, and
 * those beyond a limit give way (`takePlace`).
 */
export function limitsOfRequest(request: NewRequest, approvals: ApprovalRequests, ports: Needs): readonly Limit[] {
  const deciders = decidersFor(request);
  const limit = (most: number, counts: (each: StatedRequest, nowSeconds: number) => boolean): Limit => ({
    most,
    code: "too_many_approvals",
    retryAfterSeconds: 60,
    list: async () => {
      const nowSeconds = Math.floor(ports.clock.nowMs() / 1_000);
      const listed = countedFor(await listedFor(request, approvals, nowSeconds), deciders);
      const stated = await atOnce(AT_ONCE, listed, (each) =>
        stateOf(each, request.agent, nowSeconds, approvals, ports),
      );
      return stated
        .filter((each) => !each.isWithdrawn && counts(each, nowSeconds))
        .toSorted((a, b) => a.createdAt - b.createdAt || (a.path < b.path ? -1 : 1))
        .map(({ path }) => path);
    },
  });
  return [
    ...deciders.map((decider) =>
      limit(APPROVAL_LIMITS.pendingInGroup, ({ isPending, groups }) => isPending && groups.includes(decider)),
    ),
    limit(APPROVAL_LIMITS.newInHour, ({ createdAt }, nowSeconds) => createdAt > nowSeconds - HOUR_SECONDS),
  ];
}

const decidersFor = ({ needed, person }: NewRequest): readonly string[] =>
  decidersOf({ needed, ...(person ? { person } : {}) });

/** Lists the requests of the last hour, and those that may still wait. */
async function listedFor({ agent, person }: NewRequest, approvals: ApprovalRequests, nowSeconds: number) {
  const listed = await approvals.listed(agent, person, nowSeconds - LOOK_BACK_SECONDS);
  return listed.filter(({ createdAt, expiresAt }) => createdAt > nowSeconds - HOUR_SECONDS || expiresAt > nowSeconds);
}

interface StatedRequest extends EarlierRequest {
  readonly path: TaskPath;
  /** True where the request gave way to others, or failed, before its agent had a token for it. */
  readonly isWithdrawn: boolean;
  /** Words of the person who denied the request. */
  readonly reason?: string;
}

async function stateOf(
  { id, task: path, key, groups, createdAt, expiresAt }: ListedRequest,
  agent: AgentId,
  nowSeconds: number,
  approvals: ApprovalRequests,
  { tasks }: Needs,
): Promise<StatedRequest> {
  const [{ outcome }, stored, isAlive] = await Promise.all([
    approvals.readVotes(id),
    approvals.read(id),
    tasks.isAlive({ path, agent }),
  ]);
  const isPending = expiresAt > nowSeconds && isAlive && !outcome && !stored.void && stored.uses.length === 0;
  const isWithdrawn = !isAlive && (await tasks.read(path))?.status === "withdrawn";
  const by = outcome && deciderOf(outcome.by);
  const denied =
    outcome?.decision === "denied"
      ? {
          deniedAt: outcome.at,
          ...defined({ reason: outcome.reason }),
          ...(by !== undefined && groups.includes(by) ? { deniedBy: by } : {}),
        }
      : {};
  return { path, key, groups, createdAt, isPending, isWithdrawn, ...denied };
}
