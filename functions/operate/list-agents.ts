import { atOnce } from "../core/at-once.ts";
import { AGENT_ID, AGENT_STATUSES, type AgentStatus, type AgentSummary } from "../core/identity/agent.ts";
import { DAY_SECONDS } from "../core/identity/recertification.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { summariseAgent } from "../operators/describe-agent.ts";
import { operation } from "../operators/operation.ts";
import { authoriseOperation } from "../steps/requests/authorise-operation.ts";

/** Filters of the list. */
interface Wanted {
  readonly after: string | undefined;
  /** Without one: all but those that are gone. */
  readonly status: AgentStatus | undefined;
  readonly inactiveDays: number | undefined;
  /** True asks for each agent's last use, too. */
  readonly isUseTold: boolean;
}

/** Number of agents whose last uses are read at one time. */
const AT_ONCE = 20;

/** `GET /v1/agents?after=&status=&inactive_days=&used=`: by id, page by page; a page holds those of a hundred agents that are wanted. */
export const listAgents = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListAgents", "deployment", ports);
    const { after, status, inactiveDays, isUseTold } = parseWanted(new URLSearchParams(event.rawQueryString ?? ""));
    const { agents, next } = await ports.agents.list(after);
    const asked = agents.filter((agent) =>
      status === undefined ? agent.status !== "offboarded" : agent.status === status,
    );
    const told =
      inactiveDays === undefined
        ? await (isUseTold ? withUse(asked, ports) : asked.map((agent) => ({ agent })))
        : await inactive(asked, inactiveDays, ports);
    return {
      agents: told.map(({ agent, ...more }) => ({ ...summariseAgent(agent, ports.deployment), ...more })),
      ...(next === undefined ? {} : { next }),
    };
  });

/** Filter: agents that started no task for so many days, or never since they were registered as long ago. */
async function inactive(agents: readonly AgentSummary[], days: number, ports: Pick<Ports, "agents" | "clock">) {
  const sinceSeconds = ports.clock.nowMs() / 1_000 - days * DAY_SECONDS;
  const used = await withUse(agents, ports);
  return used.filter(
    ({ agent, last_used_on: on }) =>
      (on === undefined ? agent.createdAt : Date.parse(on) / 1_000 + DAY_SECONDS) <= sinceSeconds,
  );
}

/** Agents with the day of their last use; none for those that were never used. */
const withUse = (agents: readonly AgentSummary[], ports: Pick<Ports, "agents">) =>
  atOnce(AT_ONCE, agents, async (agent): Promise<{ readonly agent: AgentSummary; readonly last_used_on?: string }> => {
    const on = await ports.agents.lastUsed(agent.id);
    return { agent, ...(on === undefined ? {} : { last_used_on: on }) };
  });

/** @throws {Refusal} malformed_request. */
function parseWanted(query: URLSearchParams): Wanted {
  const [after, status, days] = ["after", "status", "inactive_days"].map((name) => query.get(name) ?? undefined);
  if (after !== undefined && !AGENT_ID.test(after)) refuse("after must be an agent's id: the next of the page before.");
  const known = AGENT_STATUSES.find((each) => each === status);
  if (status !== undefined && known === undefined) refuse(`status must be one of ${AGENT_STATUSES.join(", ")}.`);
  if (days !== undefined && !/^[1-9]\d{0,3}$/.test(days))
    refuse("inactive_days must be a whole number from 1 to 9999.");
  const used = query.get("used") ?? "false";
  if (used !== "true" && used !== "false") refuse("used must be true or false.");
  return {
    isUseTold: used === "true",
    after,
    status: known,
    inactiveDays: days === undefined ? undefined : Number(days),
  };
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
