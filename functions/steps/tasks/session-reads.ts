import type { Ports } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { sealedLeaseOf, undatedLeaseOf } from "../../core/tasks/sealed-fields.ts";
import { type BelievedTask, refuseUnsealed } from "./believe-task.ts";

/** Lists the ARNs of the secrets that the task's own sessions read. */
export const sessionReads = (leases: readonly ConnectorLease[] = []): readonly string[] =>
  leases
    .filter(({ state }) => state !== "revoked")
    .flatMap(({ made }) => (Array.isArray(made.session_arns) ? made.session_arns.map(String) : []));

/**
 * Lists `sessionReads` of a recorded task after verifying the leases' seals, since several functions may write the
 * leases. A lease counts until its end, at which its secret is given back, whatever its recorded state.
 * @throws {Refusal} task_ended where a seal is broken.
 */
export async function sealedSessionReads(
  { path, connectorLeases = [] }: BelievedTask,
  ports: Pick<Ports, "seals" | "log" | "clock">,
): Promise<readonly string[]> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  const leases = connectorLeases.map((lease) => ({ ...lease, path }));
  const reading = leases.filter((lease) => sessionReads([lease]).length > 0 && nowSeconds < lease.expiresAt);
  for (const lease of reading) await refuseUnsealedLease(lease, ports);
  return sessionReads(reading);
}

async function refuseUnsealedLease(lease: ConnectorLease, ports: Pick<Ports, "seals" | "log">): Promise<void> {
  if (await ports.seals.isGenuine("connector-lease", sealedLeaseOf(lease), lease.seal)) return;
  const ended = new Refusal("task_ended");
  await refuseUnsealed("connector-lease", undatedLeaseOf(lease), lease.seal, lease.path, ports, ended);
}
