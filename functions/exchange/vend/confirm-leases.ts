import type { IssuedLease } from "../../connectors/aws/issue-sessions.ts";
import type { SealingPorts } from "../../core/ports.ts";
import type { ServiceEndpoint } from "../../core/signing/aws-hosts.ts";
import type { Session } from "../../core/tasks/sessions.ts";
import type { Task } from "../../core/tasks/task.ts";
import { withdrawTask } from "../../steps/tasks/withdraw-task.ts";
import type { CountingHooks } from "./count-grant.ts";
import { revokeUnfindable } from "./issue-connected.ts";
import type { OpenedTask } from "./opened-task.ts";
import type { RenewedLease } from "./renew-lease.ts";

declare const confirmed: unique symbol;

/** Lease as its answer has it: with the session's keys, or without them where the session stays in the hub (I12). */
export type DeliveredLease = Omit<IssuedLease, "session"> &
  (
    | { readonly session: Session; readonly endpoints?: undefined }
    | { readonly session: KeptKey; readonly endpoints: readonly ServiceEndpoint[] }
  );

/** Part of a session that an answer may have where the session stays in the hub: nothing by which requests could be signed. */
type KeptKey = Omit<Session, "secretAccessKey" | "sessionToken">;

/** Leases whose AccessKeyId is recorded, which I6 requires before the credentials are handed out. */
export type Issued<T> = Omit<T, "leases"> & {
  readonly leases: readonly DeliveredLease[];
  readonly [confirmed]: true;
};

/**
 * Records the answers of STS and the connectors, and confirms the task, while it is still active. Sessions that stay in the hub are recorded too, encrypted.
 * On failure, drops the credentials, and withdraws a task that was opened for them: nobody will hold it.
 * @throws {Refusal} task_ended where the task ended meanwhile, contended, store_unavailable.
 */
export async function confirmLeases<T extends OpenedTask | RenewedLease>(
  issued: T,
  ports: Pick<SealingPorts, "tasks" | "recent" | "clock" | "connectors" | "deployment" | "sessionLock"> & CountingHooks,
): Promise<Issued<T>> {
  // A lease that this process has just handed out is recorded already: a looping client causes no loop of writes.
  const fresh = issued.leases.filter(({ lease }) => lease.state === "issuing");
  const confirmations = fresh.map(
    ({ lease, ...of }): Omit<IssuedLease, "policy"> => ({
      ...of,
      lease: { ...lease, state: "issued", accessKeyId: of.session.accessKeyId, issuedAt: of.session.issuedAt },
    }),
  );
  const request = "request" in issued ? issued.request : undefined;
  const connected = "connected" in issued ? issued.connected.map(({ lease }) => lease) : [];
  try {
    const leases = confirmations.map(({ lease }) => lease);
    const staying = confirmations.filter(({ lease }) => lease.delivery === "sign");
    const kept =
      staying.length === 0 ? [] : await (await keepSessions()).lockSessions(issued.task.path, staying, ports);
    // Confirms a new task without leases too: the sweep withdraws unconfirmed tasks.
    if (leases.length > 0 || "connected" in issued)
      await ports.tasks.confirm(issued.task.path, leases, connected, request, kept);
  } catch (error) {
    if ("connected" in issued) await revokeUnfindable(issued.connected, ports);
    if ("isNew" in issued && issued.isNew) await withdrawTask(issued.task, ports, request);
    throw error;
  }
  for (const { lease, session } of confirmations) ports.recent.keep(issued.task.path, lease, session);
  const leases = await Promise.all(issued.leases.map((each) => delivered(each, issued.task, ports)));
  const sent: Omit<T, "leases"> = { ...issued, leases };
  return sent as Issued<T>;
}

/** Loads the code of sessions that stay in the hub, at its first use: most tasks have their keys handed out. */
const keepSessions = () => import("./keep-sessions.ts");

/** Takes the keys out of a session that stays in the hub, and names the hosts of its services. */
async function delivered(
  { session: issued, ...of }: IssuedLease,
  task: Pick<Task, "details">,
  { deployment }: Pick<SealingPorts, "deployment">,
): Promise<DeliveredLease> {
  if (of.lease.delivery !== "sign") return { ...of, session: issued };
  const { secretAccessKey: _, sessionToken: _token, ...session } = issued;
  const { endpointsFor } = await keepSessions();
  return { ...of, session, endpoints: endpointsFor(of.lease, task, deployment) };
}
