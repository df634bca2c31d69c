import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { sealedLeaseOf } from "../../core/tasks/sealed-fields.ts";
import { type BelievedTask, refuseUnsealed } from "./believe-task.ts";

/** Lists the ARNs of the secrets that the task's own sessions read. */
export const sessionReads = (leases: readonly ConnectorLease[] = []): readonly string[] =>
  leases
    .filter(({ state }) => state !== "revoked")
    .flatMap(({ made }) => (Array.isArray(made.session_arns) ? made.session_arns.map(String) : []));

/**
 * Lists `sessionReads` of a recorded task after verifying the leases' seals, since several functions may write the
 * leases.
 * @throws {Refusal} task_ended where a seal is broken.
 */
export async function sealedSessionReads(
  { path, connectorLeases = [] }: BelievedTask,
  ports: Pick<Ports, "seals" | "log">,
): Promise<readonly string[]> {
  const reading = connectorLeases.filter((lease) => sessionReads([lease]).length > 0);
  const ended = new Refusal("task_ended");
  for (const lease of reading)
    await refuseUnsealed("connector-lease", sealedLeaseOf({ ...lease, path }), lease.seal, path, ports, ended);
  return sessionReads(reading);
}
