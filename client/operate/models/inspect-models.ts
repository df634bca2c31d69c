import type { ReadAnswer } from "../../../contract/operations.ts";
import { type Finding, ok, unknown } from "../../doctor/finding.ts";
import { ownCommand } from "../../own-command.ts";
import { atOnce } from "../at-once.ts";
import type { OperatorApi } from "../operator-api.ts";

const CHECK = "threat models";
/** Largest number of agents that are checked, and of requests at a time; one request for each agent. */
const MOST = 200;
const AT_ONCE = 5;
/** Largest number of agents that a finding names. */
const NAMED = 5;

/**
 * Finds the agents in use whose deployed threat model nobody has accepted, where the deployment's gate requires it. Such agents get nothing in production
 * accounts. Only the owner knows whether an agent should work there.
 */
export async function inspectModels(
  api: OperatorApi,
  agents: ReadAnswer<"GET /v1/agents">["agents"],
): Promise<readonly Finding[]> {
  const used = agents.filter(({ status }) => status === "active" || status === "suspended").map(({ id }) => id);
  const [first, ...others] = used.slice(0, MOST);
  if (first === undefined) return [];
  const read = (id: string) => api.call("GET /v1/agents/{agent}/threat-model", { parameters: { agent: id } });
  try {
    const { required_from: from, status } = await read(first);
    if (from === undefined) return [];
    const open = new Set(status === "accepted" ? [] : [first]);
    await atOnce(AT_ONCE, others, async (id) => {
      if ((await read(id)).status !== "accepted") open.add(id);
    });
    const all = used.length > MOST ? `the first ${MOST} agents` : "every agent in use";
    if (open.size === 0) return [ok(CHECK, `accepted of ${all}`)];
    const ids = used.filter((id) => open.has(id));
    const named = `${ids.slice(0, NAMED).join(", ")}${ids.length > NAMED ? `, and ${ids.length - NAMED} more` : ""}`;
    return [
      unknown(
        CHECK,
        `not accepted as deployed: ${named}; ${since(from)} they get nothing in production accounts`,
        `where such an agent is to work there: ${ownCommand()} threat-model accept <agent>, by somebody who neither owns nor shaped it`,
      ),
    ];
  } catch (error) {
    return [unknown(CHECK, `cannot be read: ${error instanceof Error ? error.message : "no answer"}`)];
  }
}

/** Writes from when on the gate is in force. A gate whose date has passed is in force now. */
const since = (from: string): string => {
  const at = Date.parse(from);
  return Number.isFinite(at) && at > Date.now() ? `from ${new Date(at).toISOString()} on` : "so";
};
