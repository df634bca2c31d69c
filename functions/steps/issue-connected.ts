import type {
  Connector,
  ConnectorDetail,
  ConnectorLease,
  Connectors,
  IssuedCredential,
  PlannedIssue,
} from "../core/connector.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { Task } from "../core/tasks/task.ts";
import type { Grants } from "./authorise-intent.ts";

type Planned = PlannedIssue<ConnectorDetail>;

/**
 * What connectors will issue for the task, each lease as it is recorded before anything happens.
 * @throws {Refusal} intent_invalid, policy_denied, and those of a connector that asks its provider first; nothing was changed there.
 */
export function planConnected(
  task: Task,
  { connected, terms, aws }: Grants,
  ports: Pick<Ports, "connectors" | "clock">,
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
      return { lease: prepared.lease, detail: granted.detail };
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
  return answers.map((answer) => {
    if (answer.status === "rejected") throw answer.reason;
    return answer.value;
  });
}

/** ARNs of the secrets that the task's own sessions read. */
export const sessionReads = (leases: readonly ConnectorLease[] = []): readonly string[] =>
  leases
    .filter(({ state }) => state !== "revoked")
    .flatMap(({ made }) => (Array.isArray(made.session_arns) ? made.session_arns.map(String) : []));

function connectorFor(type: ConnectorDetail["type"], connectors: Connectors): Connector {
  const connector = connectors[type];
  if (!connector) throw new Refusal("intent_invalid", { say: `The type ${type} is not handed out any more.` });
  return connector;
}
