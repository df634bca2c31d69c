import { isAgentId } from "../../contract/agent-id.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import { reasonOf } from "../core/refusal.ts";
import type { Watched } from "../core/revocation/observation.ts";
import { taskPath } from "../core/task-path.ts";
import { jsonFields } from "../core/text/json-fields.ts";
import type { QueueBatch, QueueMessage } from "../queues/batch.ts";
import { everyRole } from "../steps/tasks/every-role.ts";
import { type ProbePorts, probe } from "./probe.ts";

/**
 * Probes all endings of the batch at the same time. Failures are logged and not retried, since a later probe could not see the change any more.
 * Resolves when the last probe has ended.
 */
export async function probeBatch(
  event: QueueBatch<Pick<QueueMessage, "body">>,
  ports: ProbePorts & { readonly deployment: Pick<Deployment, "accounts" | "receipts"> },
): Promise<void> {
  await Promise.all(
    event.Records.map(async ({ body }) => {
      const watched = parseWatched(body, ports.deployment);
      if (!watched)
        return ports.log.write({
          level: "error",
          event: "probe_refused",
          why: "a message that names no ending of ours",
        });
      try {
        await probe(watched, ports);
      } catch (error) {
        ports.log.write({ level: "error", event: "probe_failed", task: watched.path, why: reasonOf(error) });
      }
    }),
  );
}

/** Parses a message. Returns undefined unless it names a role of a configured pool in a probed account, so that no other role is assumed. */
function parseWatched(body: string, deployment: Pick<Deployment, "accounts" | "receipts">): Watched | undefined {
  const { path, account, role, agent, endedAtMs } = jsonFields(body);
  const known = typeof path === "string" ? taskPath(path) : undefined;
  const where = everyRole(deployment).find((each) => each.account === account && each.role === role);
  if (!known || !where || !deployment.receipts.probed.includes(where.account)) return undefined;
  if (!isAgentId(agent) || !Number.isSafeInteger(endedAtMs)) return undefined;
  return { path: known, ...where, agent, endedAtMs: Number(endedAtMs) };
}
