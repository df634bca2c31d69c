import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import type { AgentList } from "../../contract/agents.ts";
import { AGENT_STATUSES, type AgentStatus } from "../../contract/names.ts";
import { atOnce } from "../core/at-once.ts";
import { defined } from "../core/defined.ts";
import type { AgentSummary } from "../core/identity/agent.ts";
import { DAY_SECONDS } from "../core/identity/recertification.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { summariseAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";

/** Filters of the list. */
interface Filters {
  readonly after: AgentId | undefined;
  /** Status of the listed agents; undefined for all but offboarded ones. */
  readonly status: AgentStatus | undefined;
  readonly inactiveDays: number | undefined;
  /** True where the list shows each agent's last use. */
  readonly showsLastUse: boolean;
}

/** Number of agents whose last uses are read at one time. */
const AT_ONCE = 20;

/**
 * Answers `GET /v1/agents?after=&status=&inactive_days=&used=` with agents by id, page by page. A page reads a hundred agents, and holds those that pass
 * the filters.
 */
export const listAgents = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<AgentList>(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListAgents", "deployment", ports);
    const { after, status, inactiveDays, showsLastUse } = parseFilters(new URLSearchParams(event.rawQueryString ?? ""));
    const { agents, next } = await ports.agents.list(after);
    const selected = agents.filter((agent) =>
      status === undefined ? agent.status !== "offboarded" : agent.status === status,
    );
    const listed =
      inactiveDays === undefined
        ? await (showsLastUse ? withUse(selected, ports) : selected.map((agent) => ({ agent })))
        : await inactive(selected, inactiveDays, ports);
    return {
      agents: listed.map(({ agent, ...more }) => ({ ...summariseAgent(agent, ports.deployment), ...more })),
      ...defined({ next }),
    };
  });

/** Selects agents that started no task for so many days. An agent that never started one is selected if it was registered as long ago. */
async function inactive(agents: readonly AgentSummary[], days: number, ports: Pick<Ports, "agents" | "clock">) {
  const sinceSeconds = ports.clock.nowMs() / 1_000 - days * DAY_SECONDS;
  const used = await withUse(agents, ports);
  return used.filter(
    ({ agent, last_used_on: on }) =>
      (on === undefined ? agent.createdAt : Date.parse(on) / 1_000 + DAY_SECONDS) <= sinceSeconds,
  );
}

/** Adds the day of the last use to each agent; none to an agent that was never used. */
const withUse = (agents: readonly AgentSummary[], ports: Pick<Ports, "agents">) =>
  atOnce(AT_ONCE, agents, async (agent): Promise<{ readonly agent: AgentSummary; readonly last_used_on?: string }> => {
    const on = await ports.agents.lastUsed(agent.id);
    return { agent, ...defined({ last_used_on: on }) };
  });

/** @throws {Refusal} malformed_request. */
function parseFilters(query: URLSearchParams): Filters {
  const [after, status, days] = ["after", "status", "inactive_days"].map((name) => query.get(name) ?? undefined);
  if (after !== undefined && !isAgentId(after)) refuse("after must be an agent's id: the next of the page before.");
  const known = AGENT_STATUSES.find((each) => each === status);
  if (status !== undefined && known === undefined) refuse(`status must be one of ${AGENT_STATUSES.join(", ")}.`);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    refuse("inactive_days must be a whole number from 1 to 9999.");
  const used = query.get("used") ?? "false";
  if (used !== "true" && used !== "false") refuse("used must be true or false.");
  return {
    showsLastUse: used === "true",
    after,
    status: known,
    inactiveDays: days === undefined ? undefined : Number(days),
  };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
