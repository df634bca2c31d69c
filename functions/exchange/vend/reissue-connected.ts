import { RENEWAL_SECONDS } from "../../../contract/limits.ts";
import type { IssuedCredential } from "../../core/connectors/connector.ts";
import type { Hold } from "../../core/holds/holds.ts";
import { nextEvent } from "../../core/journal/event.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { isLive, type Task } from "../../core/tasks/task.ts";
import { type BelievedTask, believeTask } from "../../steps/tasks/believe-task.ts";
import { changeBelieved } from "../../steps/tasks/change-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";
import { grantsNow } from "../../steps/tasks/grants-now.ts";
import { readLineage } from "../../steps/tasks/read-lineage.ts";
import { issueConnected, planConnected } from "./issue-connected.ts";
import { refuseHeld, takingOf } from "./take-labels.ts";

type Needs = Pick<
  SealingPorts,
  | "connectors"
  | "deployment"
  | "holds"
  | "tasks"
  | "agents"
  | "panics"
  | "pauses"
  | "clock"
  | "random"
  | "pause"
  | "policies"
  | "seals"
  | "recordKey"
  | "consents"
  | "conditions"
  | "log"
>;

/** Connectors' leases for the answer to a repeated request. */
export interface Reissued {
  readonly task: BelievedTask;
  readonly connected: readonly IssuedCredential[];
  /** Leases whose credential cannot be issued again: only the first answer contained it. */
  readonly issuedBefore: readonly ConnectorLease[];
}

/** Refuses a repeat right after an issue. @throws {Refusal} renewed_too_soon. */
export function refuseTooSoon({ connectorLeases = [] }: Task, ports: Pick<Ports, "clock">): void {
  for (const { startedAt } of connectorLeases) {
    const waitSeconds = startedAt + RENEWAL_SECONDS - ports.clock.nowMs() / 1_000;
    if (waitSeconds > 0) throw new Refusal("renewed_too_soon", { retryAfterSeconds: Math.ceil(waitSeconds) });
  }
}

/**
 * Issues those connectors' leases again of which a new issue replaces the earlier one. As when a task is opened, records the leases first. Then
 * reads the task again with everything that it depends on, and issues.
 * @throws {Refusal} contended, label_conflict, task_ended, agent_inactive, agent_changed, and those of the connectors.
 */
export async function reissueConnected(task: BelievedTask, grants: Grants, ports: Needs): Promise<Reissued> {
  const leases = task.connectorLeases ?? [];
  const again = grants.connected.filter(({ detail }) => ports.connectors[detail.type]?.isFoundByName);
  const planned = await planConnected(task, { ...grants, connected: again }, ports);
  const issuedBefore = leases.filter(
    ({ name, state }) => state === "issued" && !planned.some((each) => each.lease.name === name),
  );
  if (planned.length === 0) return { task, connected: [], issuedBefore };
  const planning = planned.map(({ lease }) => lease);
  const taking = takingOf(grants, task, { sessions: [], connected: planning }, ports);
  // Read before the write, too: a hold of these leases lasts until the task has ended.
  await refuseHeld({ others: taking.others }, ports);
  await changeBelieved(task, (current) => recordAnew(current, planning, taking.holds, grants, ports), ports);
  const [own] = await Promise.all([
    ports.tasks.read(task.path),
    readLineage(task, ports, grants.agents),
    grantsNow(grants, ports),
    refuseHeld(taking, ports),
  ]);
  const ended = new Refusal("task_ended");
  if (!own || !isLive(own, ports.clock.nowMs() / 1_000)) throw ended;
  return { task: await believeTask(own, ports, ended), connected: await issueConnected(planned, ports), issuedBefore };
}

async function recordAnew(
  task: Task,
  leases: readonly ConnectorLease[],
  holds: readonly Hold[],
  grants: Grants,
  ports: Needs,
): Promise<void> {
  // Checked again, since another repeat may have been issued these leases meanwhile.
  refuseTooSoon(task, ports);
  const event = nextEvent(task.chain, task.path, "lease.renewed", ports.clock.nowMs(), {
    agent: task.agent,
    bundle: ports.policies.hash,
    policies: grants.policies,
    labels: grants.labels.length > 0 ? grants.labels : undefined,
    connector_leases: leases.map(({ name, type, expiresAt }) => ({ name, type, expires_at: expiresAt })),
  });
  await ports.tasks.reissue(task, leases, event, holds);
}
