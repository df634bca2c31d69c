import type { AgentId } from "../../../contract/agent-id.ts";
import type { Detail, ToolDetail } from "../../core/intent/detail.ts";
import { authoriseTask } from "./authorise-task.ts";
import type { Lineage } from "./read-lineage.ts";

/**
 * Decides anew which tools of one server the task may call. A grant of tools issues nothing that expires, so each
 * presentation and each introspection evaluates policy and the hour.
 * @param server id of the tool server's agent.
 * @param sourceIp address of the agent, where it is known.
 * @returns all of the task's details for this server. A child's details lie within the present grants of every task
 * above.
 * @throws {Refusal} agent_inactive; policy_denied where policy no longer permits one of the details, or there is none.
 */
export async function authoriseTools(
  lineage: Lineage,
  server: AgentId,
  sourceIp: string | undefined,
  ports: Parameters<typeof authoriseTask>[2],
): Promise<readonly ToolDetail[]> {
  const concerns = (detail: Detail) => detail.type === "tool" && detail.server === server;
  const { details } = await authoriseTask(lineage, sourceIp, ports, concerns);
  return details.filter((detail) => detail.type === "tool");
}
