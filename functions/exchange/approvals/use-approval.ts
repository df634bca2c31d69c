import { issueSessions } from "../../connectors/aws/issue-sessions.ts";
import { detailsWithLeases } from "../../connectors/aws/plan-leases.ts";
import { sameRequestKey } from "../../core/approvals/approval-limits.ts";
import { type ApprovalRecord, changedEffects, type VendEffects } from "../../core/approvals/approval-record.ts";
import { REVIEW_SECONDS } from "../../core/approvals/break-glass.ts";
import { inboxesOf } from "../../core/approvals/inboxes-of.ts";
import { standingNow } from "../../core/approvals/standing.ts";
import { standsUntil } from "../../core/approvals/standing-uses.ts";
import { sealedUseOf } from "../../core/approvals/stored-approval.ts";
import { brand } from "../../core/brand.ts";
import { budgetText } from "../../core/budgets/budget.ts";
import type { Spending } from "../../core/budgets/budgets.ts";
import { budgetsIn } from "../../core/delegation/inherited-terms.ts";
import { personId } from "../../core/identity/person.ts";
import { headOf, nextEvent } from "../../core/journal/event.ts";
import { onBehalfUntil } from "../../core/people/on-behalf.ts";
import { OBLIGATIONS } from "../../core/policy/obligations.ts";
import { Refusal } from "../../core/refusal.ts";
import { isLive, type TaskApproval } from "../../core/tasks/task.ts";
import { effectsOf } from "../../steps/approvals/effects-of.ts";
import { keyFacts } from "../../steps/approvals/key-facts.ts";
import type { Tally } from "../../steps/approvals/verify-votes.ts";
import { attempt } from "../../steps/requests/attempt.ts";
import { decideTask } from "../../steps/tasks/authorise-task.ts";
import { type BelievedTask, sealTask } from "../../steps/tasks/believe-task.ts";
import { endTask } from "../../steps/tasks/end-task.ts";
import type { Grants, UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { grantsNow } from "../../steps/tasks/grants-now.ts";
import { noParentAbove } from "../../steps/tasks/no-parent.ts";
import { type Lineage, readLineage } from "../../steps/tasks/read-lineage.ts";
import { refuseHaltedAccounts, refuseKnownHalt } from "../../steps/tasks/refuse-halted.ts";
import { sessionReads } from "../../steps/tasks/session-reads.ts";
import { admitToRoles } from "../vend/admit-to-roles.ts";
import { budgetsOf, countGrant, readFree } from "../vend/count-grant.ts";
import { issueConnected, planConnected } from "../vend/issue-connected.ts";
import { leaseFacts } from "../vend/lease-facts.ts";
import type { OpenedTask } from "../vend/opened-task.ts";
import { planNow } from "../vend/plan-now.ts";
import { proveSessions } from "../vend/prove-sessions.ts";
import { refuseBusySts } from "../vend/refuse-known.ts";
import { refuseHeld, takingOf } from "../vend/take-labels.ts";
import type { AskNeeds } from "./approval-now.ts";

/** Request that enough people have approved, with the record that they approved. */
export interface ApprovedRequest {
  readonly record: ApprovalRecord;
  readonly votes: Tally["counted"];
  /** Number of the use: 1, and one more for each further task under a standing approval. */
  readonly use: number;
  /** One person gave the approval alone. */
  readonly glass?: true;
}

/**
 * Uses an approval: decides the task again by today's policies, and vends where people approved exactly the present effects (I9b). Session policies are
 * proven before the use is recorded. One transaction records the use, its votes' sign-ins, and the task with its leases (I9c). Then STS and connectors
 * issue. Budgets count the use in the same transaction.
 * @param lineage the waiting task with its agent, read strongly a moment ago.
 * @throws {Refusal} approval_void, account_halted, budget_spent, label_conflict, contended where anything has changed meanwhile, session_policy_unproven, session_policy_unknown, role_full, and outages.
 */
export async function useApproval(
  lineage: Lineage & { readonly task: { readonly approval: TaskApproval } },
  { record, votes, use: n, glass }: ApprovedRequest,
  sourceIp: string | undefined,
  ports: AskNeeds,
): Promise<OpenedTask> {
  refuseKnownHalt(ports);
  const { task: waiting, agent } = lineage;
  const decided = await decidedAgain(lineage, record, sourceIp, ports);
  const openedAt = Math.floor(ports.clock.nowMs() / 1_000);
  const ttlSeconds = Math.min(record.ttl, agent.limits.taskSeconds);
  // The deadline counts from now: the task loses none of the time that people took to decide.
  const latest = Math.min(openedAt + ttlSeconds, agent.endsAt ?? Number.POSITIVE_INFINITY);
  const task: BelievedTask = {
    ...waiting,
    openedAt,
    expiresAt: Math.min(latest, onBehalfUntil(waiting.onBehalf)),
    // Fresh tokens of the person move the deadline up to there.
    ...(waiting.movesUntil === undefined ? {} : { movesUntil: latest }),
  };
  const connecting = await planConnected(task, decided, ports);
  const connectorLeases = connecting.map(({ lease }) => lease);
  const reads = sessionReads(connectorLeases);
  const planned = await planNow(task, decided, reads, ports);
  const { obligations } = decided.terms;
  const standing = standingNow(OBLIGATIONS.standing.keep(obligations, record.standing), agent);
  const now = effectsOf({ task, planned, reads, ttlSeconds, standing }, decided, ports.deployment);
  await refuseChanged(waiting, record, changedEffects(record, now), ports);

  if (planned.length > 0) refuseBusySts(ports);
  const budgets = budgetsOf(decided, task.onBehalf, task.path);
  const taking = takingOf(decided, task, { sessions: planned, connected: connectorLeases }, ports);
  const [counted] = await Promise.all([readFree(budgets, ports), refuseHeld({ others: taking.others }, ports)]);
  // Checked before the use: a halted account uses up no approval.
  await Promise.all([
    refuseHaltedAccounts(
      planned.map(({ lease }) => lease),
      ports,
    ),
    admitToRoles(task, planned, ports),
  ]);
  const approved = { ...decided, approved: record };
  await proveSessions(task, planned, reads, approved, ports);

  const own = votes.map(({ hash }) => hash).sort();
  const use = {
    n,
    task: task.path,
    hash: waiting.approval.hash,
    votes: own,
    usedAt: openedAt,
    ...(glass ? { glass } : {}),
  };
  const event = nextEvent(waiting.chain, waiting.path, "approval.used", ports.clock.nowMs(), {
    agent: task.agent,
    approval: {
      id: record.id,
      hash: use.hash,
      votes: own,
      ...(record.standing ? { use: n, of: record.standing.uses } : {}),
      ...(glass ? { glass } : {}),
    },
    voters: votes.map(({ hash, person, groups, castAt, signedInAt, hashes }) => ({
      vote_sha256: hash,
      by: personId(person),
      groups,
      cast_at: castAt,
      signed_in_at: signedInAt,
      ...(hashes.length > 1 ? { batch_hashes: hashes } : {}),
    })),
    keys: await keyFacts(votes, ports.deployment),
    expires_at: task.expiresAt,
    policies: decided.policies,
    budgets: budgets.length > 0 ? budgetsIn(decided.terms).map(budgetText) : undefined,
    labels: decided.labels.length > 0 ? decided.labels : undefined,
    bundle: ports.policies.hash,
    leases: planned.map(leaseFacts),
    connector_leases: connectorLeases.map(({ name, type, expiresAt }) => ({ name, type, expires_at: expiresAt })),
  });
  const sealed = await sealTask(
    {
      ...task,
      details: detailsWithLeases(task.details, planned),
      leases: planned.map(({ lease }) => lease),
      ...(connectorLeases.length > 0 ? { connectorLeases } : {}),
      chain: headOf(event),
    },
    ports,
  );
  const seal = await ports.recordKey.seal("approval-use", sealedUseOf(record.id, use));
  const signIns = votes.map(({ person, signedInAt, nonce }) => ({ person, signedInAt, nonce }));
  const approvals = await ports.approvals();
  const until = glass ? openedAt + REVIEW_SECONDS : standsUntil(record);
  const isFirstOfSeveral = record.standing !== undefined && n === 1;
  const pairs = decided.bound.map(({ pair }) => pair);
  const key = isFirstOfSeveral ? { key: sameRequestKey(task.agent, pairs, task.onBehalf) } : {};
  const listing = until === undefined ? undefined : { inboxes: inboxesOf(record, ports.deployment), until, ...key };
  const count = (spendings: readonly Spending[]) =>
    approvals.use(waiting, sealed, record.id, { ...use, seal }, signIns, event, listing, {
      spendings,
      holds: taking.holds,
    });
  await countGrant(task.path, budgets, counted, undefined, count, ports);

  // Logged for the first use alone: a further use of a standing approval has waited for nobody.
  if (n === 1) ports.log.write({ level: "info", event: "approval_used", waited_seconds: openedAt - record.created_at });
  // Rings an alarm now, since the use is recorded, even if the task then fails.
  if (glass) ports.log.write({ level: "error", event: "glass_broken", task: task.path, agent: task.agent });
  // As after every record: an ending, a suspension or a panic that missed the record is noticed here (I5).
  const [current, held] = await Promise.all([
    ports.tasks.read(task.path),
    grantsNow(decided, ports),
    readLineage(sealed, ports, decided.agents),
    refuseHaltedAccounts(sealed.leases, ports),
    refuseHeld(taking, ports),
  ]);
  if (!current || !isLive(current, ports.clock.nowMs() / 1_000)) throw new Refusal("task_ended");
  if (held !== decided) await proveSessions(task, planned, reads, { ...held, approved: record }, ports);
  const leases = await issueSessions(sealed, planned, ports);
  const connected = await issueOrEnd(sealed, connecting, ports);
  const { denials, outlives } = decided;
  return brand<OpenedTask>({ task: sealed, token: "", leases, connected, denials, outlives, isNew: false });
}

/** Decides the waiting task by today's policies. A denial voids the approval: people approved grants that policy no longer gives. */
async function decidedAgain(
  lineage: Lineage & { readonly task: { readonly approval: TaskApproval } },
  record: ApprovalRecord,
  sourceIp: string | undefined,
  ports: AskNeeds,
): Promise<Grants | UnapprovedGrants> {
  try {
    return await decideTask(lineage, record.ttl, sourceIp, noParentAbove(lineage.task), ports);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "policy_denied")) throw error;
    return refuseChanged(lineage.task, record, ["grants"], ports);
  }
}

/**
 * Records that the approval is void, where anything has changed. Under a standing approval that was used before, ends the further task instead. A used
 * approval is not made void any more, and the next task is compared with the record anew.
 * @throws {Refusal} approval_void.
 */
async function refuseChanged(
  task: BelievedTask & { readonly approval: TaskApproval },
  record: Pick<ApprovalRecord, "task">,
  changed: readonly (keyof VendEffects | "record")[],
  ports: AskNeeds,
): Promise<never>;
async function refuseChanged(
  task: BelievedTask & { readonly approval: TaskApproval },
  record: Pick<ApprovalRecord, "task">,
  changed: readonly (keyof VendEffects | "record")[],
  ports: AskNeeds,
): Promise<void> {
  if (changed.length === 0) return;
  const refusal = new Refusal("approval_void", { more: { changed }, why: changed.join(" ") });
  if (record.task !== task.path) {
    await attempt(() => endTask(task.path, { status: "revoked" }, refusal.code, ports, task));
    throw refusal;
  }
  const at = Math.floor(ports.clock.nowMs() / 1_000);
  const { id, hash } = task.approval;
  const facts = { agent: task.agent, approval: { id, hash }, changed, bundle: ports.policies.hash };
  const event = nextEvent(task.chain, task.path, "approval.void", ports.clock.nowMs(), facts);
  await (await ports.approvals()).recordVoid(task, id, { at, changed }, event);
  throw refusal;
}

/**
 * Issues the connectors' credentials, or ends the task. People approved all credentials together, and after a provider's refusal not all of them could be
 * issued again.
 */
async function issueOrEnd(task: BelievedTask, connecting: Awaited<ReturnType<typeof planConnected>>, ports: AskNeeds) {
  try {
    return await issueConnected(connecting, ports);
  } catch (error) {
    await endTask(task.path, { status: "revoked" }, task.agent, ports);
    throw error;
  }
}
