import { createHash } from "node:crypto";
import { issueSessions } from "../../connectors/aws/issue-sessions.ts";
import { detailsWithLeases, type PlannedLease, planLeases } from "../../connectors/aws/plan-leases.ts";
import type { IssuedCredential } from "../../core/connectors/connector.ts";
import { TREE_LIMITS } from "../../core/delegation/delegation.ts";
import { onBehalfUntil } from "../../core/identity/on-behalf.ts";
import { personId } from "../../core/identity/person.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../core/journal/event.ts";
import { made } from "../../core/made.ts";
import { Refusal, type RefusalCode } from "../../core/refusal.ts";
import { childPath, parentOf, rootPath, type TaskPath } from "../../core/task-path.ts";
import { isLive, type Task } from "../../core/tasks/task.ts";
import type { TaskRequest } from "../../core/tasks/task-request.ts";
import type { DelegationUse, Idempotency, Opened } from "../../core/tasks/tasks.ts";
import { hashToken, makeToken } from "../../core/tasks/token.ts";
import type { Caller } from "../../steps/requests/verify-identity.ts";
import { type BelievedTask, sealTask } from "../../steps/tasks/believe-task.ts";
import type { GrantedIntent, Grants } from "../../steps/tasks/grants.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { refuseCooling } from "../../steps/tasks/refuse-cooling.ts";
import { refuseHaltedAccounts, refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { sessionReads } from "../../steps/tasks/session-reads.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import { admitToRoles } from "./admit-to-roles.ts";
import { issueConnected, planConnected } from "./issue-connected.ts";
import type { OpenedTask, OpenNeeds } from "./opened-task.ts";
import { proveSessions } from "./prove-sessions.ts";
import { reopenTask } from "./reopen-task.ts";
import { type Limit, takePlace } from "./take-place.ts";

/**
 * Opens a task: records it in one transaction followed by the strong reads, while STS issues the sessions; then connectors issue theirs. All or
 * nothing: where any part fails, the credentials are dropped and were handed out to nobody. A child is opened below the parent in its grants.
 * @throws {Refusal} halted, agent_cooling_down, role_full, intent_too_large, token_replayed, idempotency_conflict, delegation_token_invalid, agent_inactive, agent_changed, session_policy_unproven, too_many_tasks,
 * too_many_children, task_ended, those of connectors, and outages.
 */
export async function openTask(
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  ports: OpenNeeds,
): Promise<OpenedTask> {
  refuseKnownHalt(ports);
  const { task, token, planned, connecting, reads } = await plannedTask(caller, request, grants, ports);

  const [issued, record, proven] = await Promise.allSettled([
    issueSessions(task, planned, ports),
    recordTask(task, caller, request, grants, planned, ports),
    proveSessions(task, planned, reads, grants, ports),
  ]);
  // The record's failure first: a repeat or a replay is more informative than an outage of STS.
  if (record.status === "rejected") throw record.reason;
  if ("repeats" in record.value) return repeatTask(record.value.repeats, caller, request, grants, ports);
  if (proven.status === "rejected") return withdrawn(record.value.task, proven.reason, ports);
  if (issued.status === "rejected") return withdrawn(record.value.task, issued.reason, ports);
  return made<OpenedTask>({
    task: record.value.task,
    token,
    leases: issued.value,
    connected: await issueOrWithdraw(record.value.task, connecting, ports),
    denials: grants.denials,
    outlives: grants.outlives,
    isNew: true,
  });
}

/** Withdraws a task that is recorded and will not be handed out, and throws the error. */
async function withdrawn(task: Task, error: unknown, ports: OpenNeeds): Promise<never> {
  await withdrawTask(task, ports);
  throw error;
}

/** Issues the connectors' credentials, or withdraws the task. The task's end then revokes those that were issued. */
async function issueOrWithdraw(
  task: Task,
  connecting: Awaited<ReturnType<typeof planConnected>>,
  ports: OpenNeeds,
): Promise<readonly IssuedCredential[]> {
  try {
    return await issueConnected(connecting, ports);
  } catch (error) {
    return withdrawn(task, error, ports);
  }
}

/** Reopens the task of the first request with this key, or opens a new one in its place where the first was withdrawn. */
async function repeatTask(
  path: TaskPath,
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  ports: OpenNeeds,
): Promise<OpenedTask> {
  const isWithdrawn = async () => {
    const task = await ports.tasks.read(path);
    return task?.status === "withdrawn" && !(await ports.tasks.isAlive(task));
  };
  try {
    if (!(await isWithdrawn())) return await reopenTask(path, caller, request, grants, ports);
  } catch (error) {
    // The first request may have withdrawn the task while this one waited for its leases.
    if (!(error instanceof Refusal && error.code === "task_ended" && (await isWithdrawn()))) throw error;
  }
  return openTask(caller, { ...request, replaces: path }, grants, ports);
}

/** Most ids that are tried for a task where the roles of an id are full. */
const DRAWS = 3;

/** Plans a task and its leases under an id whose roles have room. @throws {Refusal} role_full where the roles of all tried ids are full. */
async function plannedTask(caller: Caller, request: TaskRequest, grants: Grants, ports: OpenNeeds) {
  for (let draw = 1; ; draw += 1) {
    const { task, token } = newTask(caller, request, grants, ports);
    const connecting = await planConnected(task, grants, ports);
    const connectorLeases = connecting.map(({ lease }) => lease);
    const nowSeconds = ports.clock.nowMs() / 1_000;
    const reads = sessionReads(connectorLeases);
    const planned = planLeases(task, grants.aws, grants.terms, ports.deployment, nowSeconds, reads);
    const leases = planned.map(({ lease }) => lease);
    try {
      await admitToRoles(task, planned, ports);
      const details = detailsWithLeases(task.details, planned);
      const whole = { ...task, details, leases, ...(connectorLeases.length > 0 ? { connectorLeases } : {}) };
      return { task: await sealTask(whole, ports), token, planned, connecting, reads };
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "role_full") || draw === DRAWS) throw error;
    }
  }
}

/** Makes the record of a task that is about to be opened, with its token and without any lease. */
export function newTask(
  caller: Caller,
  request: TaskRequest,
  grants: GrantedIntent,
  ports: Pick<OpenNeeds, "random" | "clock">,
): { readonly task: Omit<Task, "seal">; readonly token: string } {
  const { parentScope } = grants;
  const path = parentScope
    ? childPath(parentScope.parent.path, ports.random.bytes(32))
    : rootPath(ports.random.bytes(32));
  const token = makeToken("vk", path, ports.random.bytes(32));
  const openedAt = Math.floor(ports.clock.nowMs() / 1_000);
  const { agent, onBehalf } = caller;
  const task = {
    path,
    agent: agent.id,
    subject: caller.subject,
    facts: {
      claims: caller.claims,
      ...(caller.absent.length > 0 ? { absent: caller.absent } : {}),
      sourceIp: request.sourceIp,
    },
    purpose: request.purpose,
    details: grants.details,
    leases: [],
    status: "active" as const,
    openedAt,
    expiresAt: Math.min(
      openedAt + Math.min(request.ttlSeconds, grants.terms.obligations.maxTtlSeconds ?? Number.POSITIVE_INFINITY),
      agent.endsAt ?? Number.POSITIVE_INFINITY,
      grants.terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY,
      parentScope?.delegation?.expiresAt ?? Number.POSITIVE_INFINITY,
      onBehalfUntil(onBehalf),
    ),
    tokens: [{ hash: hashToken(token) }],
    presentations: [],
    delegations: [],
    ...(parentScope ? { delegated: parentScope.delegated } : {}),
    ...(onBehalf ? { onBehalf } : {}),
    chain: EMPTY_CHAIN,
  };
  return { task, token };
}

/** Records the task, and then reads what must be read after the write. Where anything fails from here on, the task is withdrawn. */
async function recordTask(
  task: BelievedTask,
  caller: Caller,
  request: TaskRequest,
  grants: Grants,
  planned: readonly PlannedLease[],
  ports: OpenNeeds,
): Promise<{ readonly task: Task } | Exclude<Opened, { opened: true }>> {
  const event = linkEvent(EMPTY_CHAIN, task.path, "task.opened", ports.clock.nowMs(), {
    agent: task.agent,
    subject: task.subject,
    parent: parentOf(task.path),
    chain: task.delegated?.chain,
    on_behalf_of: task.onBehalf && personId(task.onBehalf),
    purpose: task.purpose,
    details: task.details as never,
    expires_at: task.expiresAt,
    policies: grants.policies,
    shadows: grants.shadows.length > 0 ? grants.shadows : undefined,
    denials: grants.denials.length > 0 ? (grants.denials as never) : undefined,
    outlives:
      grants.outlives.length > 0 ? grants.outlives.map(({ action, target }) => ({ action, target })) : undefined,
    bundle: ports.policies.hash,
    leases: planned.map(({ lease, policy }) => ({
      name: lease.name,
      account: lease.account,
      role: lease.role,
      fence_at: lease.fenceAt,
      policy_sha256: createHash("sha256").update(policy).digest("base64url"),
    })),
    connector_leases: task.connectorLeases?.map(({ name, type, expiresAt, made }) => ({
      name,
      type,
      expires_at: expiresAt,
      made,
    })),
    source_ip: request.sourceIp,
    request: request.requestId,
  });
  const linked: BelievedTask = { ...task, chain: headOf(event) };
  const idempotency = idempotencyOf(task, request);
  try {
    const opened = await ports.tasks.open(linked, event, caller.use, idempotency, delegationUse(task, grants));
    if ("repeats" in opened) return opened;
  } catch (error) {
    if (mayBeWritten(error)) await withdrawTask(linked, ports);
    throw error;
  }
  await checkOpened(linked, grants, ports);
  return { task: linked };
}

/** Reads what must be read after a task was recorded, and withdraws the task where that fails. */
export async function checkOpened(
  task: BelievedTask,
  grants: Pick<GrantedIntent, "agents">,
  ports: OpenNeeds,
): Promise<void> {
  try {
    await readAfterwards(task, grants, ports);
    // Records once a day that the agent is in use, while STS is still answering.
    const today = new Date(ports.clock.nowMs()).toISOString().slice(0, 10);
    if (!ports.agents.isUsedOn(task.agent, today)) await ports.agents.markUsed(task.agent, today);
  } catch (error) {
    await withdrawTask(task, ports);
    throw error;
  }
}

/** Scopes the request's key to the workload. */
export function idempotencyOf(
  task: Pick<Task, "agent" | "subject" | "facts" | "onBehalf">,
  { idempotencyKey: key, requestHash, replaces }: TaskRequest,
): Idempotency | undefined {
  // Includes the claims that policy reads: two workloads of one subject (branches of a repository) must not repeat each other's request.
  // And the person: nobody repeats a request for somebody else.
  const person = task.onBehalf ? [personId(task.onBehalf)] : [];
  const subject = JSON.stringify([task.subject, task.facts.claims, ...person]);
  const scope = { agent: task.agent, subject, requestHash, ...(replaces ? { replaces } : {}) };
  return key === undefined ? undefined : { ...scope, key };
}

/** False for errors of the opening transaction after which nothing was written. */
export const mayBeWritten = (error: unknown): boolean => !(error instanceof Refusal && NOTHING_WRITTEN.has(error.code));

/**
 * Refusals of the transaction after which nothing was written, so nothing is withdrawn. After an outage the write may have happened. Where the path
 * was taken, the record there is another task.
 */
const NOTHING_WRITTEN = new Set<RefusalCode>([
  "token_replayed",
  "idempotency_conflict",
  "delegation_token_invalid",
  "contended",
]);

function delegationUse({ agent }: Task, { parentScope }: Grants): DelegationUse | undefined {
  if (!parentScope) return undefined;
  if (!parentScope.delegation) throw new RangeError("a child is opened with a delegation");
  return { parent: parentScope.parent.path, hash: parentScope.delegation.hash, agent };
}

/** Reads after the write, so that an ending or suspension, of the task or of any above it, that missed this task is noticed here (I5); also a change of an agent (I1). */
async function readAfterwards(
  task: BelievedTask,
  grants: Pick<GrantedIntent, "agents">,
  ports: OpenNeeds,
): Promise<void> {
  const parent = parentOf(task.path);
  const [own, { agent }, live, below] = await Promise.all([
    ports.tasks.read(task.path),
    readLineage(task, ports, grants.agents),
    ports.agents.liveTasks(task.agent),
    parent ? ports.tasks.below(parent) : [],
    refuseHaltedAccounts(task.leases, ports),
    refuseCooling(task.agent, ports),
  ]);
  if (!own || !isLive(own, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");
  const ofAgent: Limit = {
    most: agent.limits.liveTasks,
    code: "too_many_tasks",
    list: () => ports.agents.liveTasks(task.agent),
  };
  await takePlace(task, ofAgent, live, ports);
  if (!parent) return;
  const isSibling = (path: TaskPath) => parentOf(path) === parent;
  const siblings: Limit = {
    most: TREE_LIMITS.children,
    code: "too_many_children",
    list: async () => (await ports.tasks.below(parent)).filter(isSibling),
  };
  await takePlace(task, siblings, below.filter(isSibling), ports);
}
