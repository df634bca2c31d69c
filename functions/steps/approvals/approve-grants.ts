import type { ApprovalId } from "../../../contract/approval-id.ts";
import { planLeases } from "../../connectors/aws/plan-leases.ts";
import {
  type ApprovalRecord,
  changedEffects,
  recordHash,
  type VendEffects,
} from "../../core/approvals/approval-record.ts";
import { useFor } from "../../core/approvals/standing-uses.ts";
import { type ApprovalUse, sealedUseOf } from "../../core/approvals/stored-approval.ts";
import { brand } from "../../core/brand.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { Task, TaskApproval } from "../../core/tasks/task.ts";
import { type BelievedTask, refuseUnsealed } from "../tasks/believe-task.ts";
import type { Grants, UnapprovedGrants } from "../tasks/grants.ts";
import { sealedSessionReads } from "../tasks/session-reads.ts";
import { effectsOf } from "./effects-of.ts";

type UseNeeds = Pick<Ports, "approvals" | "tasks" | "seals" | "log">;

type Needs = UseNeeds & Pick<Ports, "clock"> & { readonly deployment: Pick<Deployment, "accounts"> };

/**
 * Turns decided grants into grants that people have approved (I9b). The exchange must have used the approval for this
 * task. While policy still needs an approval, a vend of today must have the approved effects. The task's own record
 * proves neither, since functions that end tasks may write it.
 * @param isWhole false where only a part of the task was decided; then the effects of its sessions are not compared.
 * @throws {Refusal} authorization_pending while the approval is not used; policy_denied for a task that was opened
 * without one; approval_void where a vend would have other effects; task_ended where a record or a seal is broken;
 * store_unavailable.
 */
export async function approveGrants(
  task: BelievedTask,
  decided: Grants | UnapprovedGrants,
  isWhole: boolean,
  ports: Needs,
): Promise<Grants> {
  if (!task.approval) throw new Refusal("policy_denied", { denials: [WITHOUT_APPROVAL] });
  const record = await usedRecord(task, task.approval, ports);
  if (!("needed" in decided)) return brand<Grants>({ ...decided, approved: record });
  const changed = isWhole ? await changedSince(record, task, decided, ports) : lackingVotes(record, decided);
  if (changed.length > 0) throw new Refusal("approval_void", { more: { changed }, why: changed.join(" ") });
  const { needed: _, ...granted } = decided;
  return brand<Grants>({ ...granted, approved: record });
}

/**
 * Reads the record of an approval that was used for the task.
 * @throws {Refusal} as `approveGrants`; contended where the approval was used after the task was read.
 */
export async function usedRecord(
  task: BelievedTask,
  { id, hash }: TaskApproval,
  ports: UseNeeds,
): Promise<ApprovalRecord> {
  const stored = await (await ports.approvals()).read(id);
  const { record } = stored;
  const use = useFor(stored, task.path);
  if (!use) throw new Refusal("authorization_pending");
  await refuseForeignUse(task, id, use, ports);
  if (use.hash !== hash || !record || recordHash(record) !== hash) throw new Refusal("task_ended", { why: "record" });
  await refuseEarlier(task, use, record, ports);
  return record;
}

/**
 * Refuses the version of the task from before the use. Its seal is genuine too, and its deadline is that of the wait. Logs an error where the record has
 * that version, since somebody has put it back.
 */
async function refuseEarlier(
  task: BelievedTask,
  { usedAt }: ApprovalUse,
  { ttl }: ApprovalRecord,
  { tasks, log }: UseNeeds,
): Promise<void> {
  const isGiven = ({ openedAt, expiresAt }: Task) => openedAt === usedAt && expiresAt <= usedAt + ttl;
  if (isGiven(task)) return;
  const now = await tasks.read(task.path);
  if (now && isGiven(now)) throw new Refusal("contended", { why: "approval", retryAfterSeconds: 1 });
  log.write({ level: "error", event: "seal_broken", type: "approval-use", task: task.path });
  throw new Refusal("task_ended", { why: "approval" });
}

async function refuseForeignUse(
  task: BelievedTask,
  id: ApprovalId,
  use: ApprovalUse,
  ports: Pick<Ports, "seals" | "log">,
): Promise<void> {
  const ended = new Refusal("task_ended", { why: "approval" });
  await refuseUnsealed("approval-use", sealedUseOf(id, use), use.seal, task.path, ports, ended);
  if (use.task !== task.path) throw ended;
}

/** Lists the effects in which a vend of today would differ from the approved one. */
async function changedSince(
  record: ApprovalRecord,
  task: BelievedTask,
  decided: UnapprovedGrants,
  ports: Needs,
): Promise<readonly (keyof VendEffects)[]> {
  const reads = await sealedSessionReads(task, ports);
  const { deployment, clock } = ports;
  const planned = planLeases(task, decided.aws, decided.terms, deployment, clock.nowMs() / 1_000, reads);
  // An existing use continues under its terms. Policy and the agent are checked again before the next use.
  const { ttl: ttlSeconds, standing } = record;
  const now = effectsOf({ task, planned, reads, ttlSeconds, standing }, decided, deployment);
  return changedEffects(record, now);
}

/** Returns `needed` where policy now requires more votes than the record does. */
const lackingVotes = (record: ApprovalRecord, { needed }: UnapprovedGrants): readonly (keyof VendEffects)[] =>
  needed.every(({ group, count }) =>
    record.needed.some((recorded) => recorded.group === group && recorded.count >= count),
  )
    ? []
    : ["needed"];

const WITHOUT_APPROVAL = {
  action: "*",
  target: "*",
  reason: "Policy asks people about this now, and nobody was asked when the task was opened.",
  hint: "Open a new task: people are asked then.",
} as const;
