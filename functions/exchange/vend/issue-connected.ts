import {
  type Connector,
  type Connectors,
  connectorOf,
  type IssuedCredential,
  type LeaseTask,
  type PlannedIssue,
} from "../../core/connectors/connector.ts";
import type { ConnectorDetail } from "../../core/intent/detail.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { sealedLeaseOf } from "../../core/tasks/sealed-fields.ts";
import { type BelievedTask, refuseUnsealed } from "../../steps/tasks/believe-task.ts";
import type { Grants } from "../../steps/tasks/grants.ts";

type Planned = PlannedIssue<ConnectorDetail>;

/**
 * What connectors will issue for the task, each lease as it is recorded before anything happens.
 * @throws {Refusal} intent_invalid, policy_denied, and those of a connector that asks its provider first; nothing was changed there.
 */
export function planConnected(
  task: LeaseTask,
  { connected, terms, aws }: Grants,
  ports: Pick<SealingPorts, "connectors" | "clock" | "signet">,
): Promise<readonly Planned[]> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  // What a child inherits holds for these as well: none outlives a task above.
  const expiresAt = Math.min(task.expiresAt, terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY);
  return Promise.all(
    connected.map(async (granted) => {
      const connector = connectorFor(granted.detail.type, ports.connectors);
      const planned = connector.plan(granted, { ...task, expiresAt }, nowSeconds);
      const prepared = (await connector.prepare?.(planned)) ?? planned;
      if (aws.length === 0 && sessionReads([prepared.lease]).length > 0)
        throw new Refusal("intent_invalid", {
          say: `What authorization_details[${granted.index}] asks for is read by the task's own AWS session: ask for a detail of type aws beside it.`,
        });
      return { lease: await sealReads(prepared.lease, ports), detail: granted.detail };
    }),
  );
}

/**
 * The credentials, once their leases are recorded and the task was seen to be alive after that. All of them, or none:
 * what was made is taken back by its lease.
 * @throws {Refusal} the first connector's that refuses, when all of them have answered.
 */
export async function issueConnected(
  planned: readonly Planned[],
  ports: Pick<Ports, "connectors">,
): Promise<readonly IssuedCredential[]> {
  const answers = await Promise.allSettled(
    planned.map(async (each) => connectorFor(each.detail.type, ports.connectors).issue(each)),
  );
  const failed = answers.find((answer) => answer.status === "rejected");
  const issued = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  if (!failed) return issued;
  await takeBack(issued, ports);
  throw failed.reason;
}

/**
 * What can be found by nothing that is recorded is taken back at once, since nobody else will: a token of which the record knows only until when it
 * lives at most. Where that fails, this is what bounds it; what led here is what the caller has to know.
 */
export async function takeBack(issued: readonly IssuedCredential[], ports: Pick<Ports, "connectors">): Promise<void> {
  await Promise.allSettled(
    issued.map(async ({ lease }) => {
      const connector = connectorOf(lease.type, ports.connectors);
      if (connector && !connector.isFoundByName) await connector.revoke(lease);
    }),
  );
}

/** Seals the lease where the task's own session reads secrets by it: each renewal's policy is made from that. */
const sealReads = async (lease: ConnectorLease, { signet }: Pick<SealingPorts, "signet">): Promise<ConnectorLease> =>
  sessionReads([lease]).length === 0
    ? lease
    : { ...lease, seal: await signet.seal("connector-lease", sealedLeaseOf(lease)) };

/** ARNs of the secrets that the task's own sessions read. */
export const sessionReads = (leases: readonly ConnectorLease[] = []): readonly string[] =>
  leases
    .filter(({ state }) => state !== "revoked")
    .flatMap(({ made }) => (Array.isArray(made.session_arns) ? made.session_arns.map(String) : []));

/** The same of a recorded task, whose leases several functions may write. @throws {Refusal} task_ended where one is not as the exchange sealed it. */
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

function connectorFor(type: ConnectorDetail["type"], connectors: Connectors): Connector {
  const connector = connectors[type];
  if (!connector) throw new Refusal("intent_invalid", { say: `The type ${type} is not handed out any more.` });
  return connector;
}
