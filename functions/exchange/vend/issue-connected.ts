import {
  type Connector,
  type Connectors,
  connectorOf,
  type IssuedCredential,
  type LeaseTask,
  type PlannedIssue,
} from "../../core/connectors/connector.ts";
import type { ConnectorDetail } from "../../core/intent/detail.ts";
import { placeOf } from "../../core/intent/place.ts";
import type { Ports, SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import type { ConnectorLease } from "../../core/tasks/connector-lease.ts";
import { sealedLeaseOf } from "../../core/tasks/sealed-fields.ts";
import type { GrantedIntent } from "../../steps/tasks/grants.ts";
import { sessionReads } from "../../steps/tasks/session-reads.ts";

type Planned = PlannedIssue<ConnectorDetail>;

/**
 * Plans the leases that connectors will issue for the task. Each lease is recorded in this form before any issue. A connector may query its provider, and
 * changes nothing there.
 * @throws {Refusal} intent_invalid, policy_denied, and those of the connectors' queries.
 */
export function planConnected(
  task: LeaseTask,
  { connected, terms, aws }: Pick<GrantedIntent, "connected" | "terms" | "aws">,
  ports: Pick<SealingPorts, "connectors" | "clock" | "recordKey">,
): Promise<readonly Planned[]> {
  const nowSeconds = ports.clock.nowMs() / 1_000;
  // A child inherits an end from the tasks above, which bounds these leases too: none outlives a task above.
  const expiresAt = Math.min(task.expiresAt, terms.inherited?.endsAt ?? Number.POSITIVE_INFINITY);
  return Promise.all(
    connected.map(async (granted) => {
      const connector = connectorFor(granted.detail.type, ports.connectors);
      const planned = connector.plan(granted, { ...task, expiresAt }, nowSeconds);
      const prepared = (await connector.prepare?.(planned)) ?? planned;
      if (aws.length === 0 && sessionReads([prepared.lease]).length > 0)
        throw new Refusal("intent_invalid", {
          say: `The task's own AWS session reads what ${placeOf(granted.detail, granted.index)} requests: request a detail of type aws beside it.`,
        });
      return { lease: await sealReads(prepared.lease, ports), detail: granted.detail };
    }),
  );
}

/**
 * Issues the credentials, after their leases were recorded and the task was then read as alive. All or none: where one connector fails, the others'
 * credentials are revoked by their leases.
 * @throws {Refusal} the first connector's refusal, after all have answered.
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
  await revokeUnfindable(issued, ports);
  throw failed.reason;
}

/**
 * Revokes tokens that no record can find again, since nothing else will revoke them. Best effort: on failure the token lives until its own expiry, and
 * the caller throws the original error.
 */
export async function revokeUnfindable(
  issued: readonly IssuedCredential[],
  ports: Pick<Ports, "connectors">,
): Promise<void> {
  await Promise.allSettled(
    issued.map(async ({ lease }) => {
      const connector = connectorOf(lease.type, ports.connectors);
      if (connector && !connector.isFoundByName) await connector.revoke(lease);
    }),
  );
}

/** Seals a lease that lets the task's own AWS session read secrets. Each renewal derives its session policy from that lease. */
const sealReads = async (
  lease: ConnectorLease,
  { recordKey }: Pick<SealingPorts, "recordKey">,
): Promise<ConnectorLease> =>
  sessionReads([lease]).length === 0
    ? lease
    : { ...lease, seal: await recordKey.seal("connector-lease", sealedLeaseOf(lease)) };

function connectorFor(type: ConnectorDetail["type"], connectors: Connectors): Connector {
  const connector = connectors[type];
  if (!connector) throw new Refusal("intent_invalid", { say: `The type ${type} is not handed out any more.` });
  return connector;
}
