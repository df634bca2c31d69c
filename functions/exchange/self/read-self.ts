import type { AgentId } from "../../../contract/agent-id.ts";
import { MOST_SHOWN, type Self } from "../../../contract/self.ts";
import { atOnce } from "../../core/at-once.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { readAuthorization } from "../../http/read-authorization.ts";
import { describeLimits } from "../../operators/describe-agent.ts";
import { proveQuestioner } from "../../steps/requests/prove-questioner.ts";

/** Tasks that are read at a time. */
const AT_ONCE = 5;

/**
 * Answers `GET /v1/self`: the agent that the token leads to, its limits and its live tasks. Nothing is written but the count of
 * questions.
 */
export const readSelf = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  answered<Self>(event, ports, async (record) => {
    const identity = await proveQuestioner(readAuthorization(event), record, ports);
    // The registration as it is now, for an agent that was suspended within the last minute.
    const agent = await ports.agents.read(identity.agent.id);
    if (!agent) throw new Refusal("agent_unknown");
    return {
      agent: agent.id,
      name: agent.name,
      owner: agent.owner,
      team: agent.team,
      status: agent.status,
      ...(agent.endsAt === undefined ? {} : { ends_at: isoSeconds(agent.endsAt) }),
      issuer: identity.subject.slice(0, identity.subject.indexOf("|")),
      ...identity.named,
      limits: describeLimits(agent),
      ...(await liveTasks(agent.id, ports)),
    };
  });

async function liveTasks(
  id: AgentId,
  { agents, tasks }: Pick<SealingPorts, "agents" | "tasks">,
): Promise<Pick<Self, "tasks" | "live_tasks">> {
  const living = await agents.living(id);
  const read = await atOnce(AT_ONCE, living.slice(-MOST_SHOWN), ({ path }) => tasks.read(path));
  return {
    tasks: read.flatMap((task) =>
      task
        ? [{ id: task.path, purpose: task.purpose, status: task.status, expires_at: isoSeconds(task.expiresAt) }]
        : [],
    ),
    live_tasks: living.length,
  };
}
