import type { ShownTask } from "../../../contract/tasks.ts";
import { defined } from "../../core/defined.ts";
import { actingFor } from "../../core/delegation/acting.ts";
import { parentOf } from "../../core/task-path.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { isLive, type SessionLease, type Task } from "../../core/tasks/task.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { describeDetails, servedBy } from "./describe-details.ts";

/**
 * Describes a task for its holder and for operators, without tokens, their hashes, and credentials. A task past its deadline is `expired`, also before it
 * is ended.
 * @param nowSeconds epoch seconds.
 */
export const describeTask = (task: Task, nowSeconds: number): ShownTask => ({
  id: task.path,
  ...defined({ parent: task.delegated && parentOf(task.path) }),
  ...actingFor(task),
  agent: task.agent,
  purpose: task.purpose,
  status: task.status === "active" && !isLive(task, nowSeconds) ? "expired" : task.status,
  opened_at: isoSeconds(task.openedAt),
  expires_at: isoSeconds(task.expiresAt),
  ...(task.endedAt === undefined ? {} : { ended_at: isoSeconds(task.endedAt) }),
  ...defined({ ended_by: task.endedBy, outcome: task.outcome }),
  authorization_details: describeDetails(task.details),
  leases: [
    ...task.leases.map((lease) => describeLease(lease, task)),
    ...(task.connectorLeases ?? []).map(describeConnected),
  ],
});

type ShownLease = ShownTask["leases"][number];

const describeLease = (lease: SessionLease, { details }: Task): ShownLease => ({
  name: lease.name,
  type: "aws",
  account: lease.account,
  details: servedBy(lease, details),
  role: lease.role,
  state: lease.state,
  fence_at: isoSeconds(lease.fenceAt),
  ...defined({ access_key_id: lease.accessKeyId }),
});

const describeConnected = ({ name, type, state, expiresAt }: ConnectorLease): ShownLease => ({
  name,
  type,
  state,
  expires_at: isoSeconds(expiresAt),
});
