import { MOST_SHOWN, type Self } from "../../../contract/self.ts";
import { atOnce } from "../../core/at-once.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { isoSeconds } from "../../core/text/iso-seconds.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import { readAuthorization } from "../../http/read-authorization.ts";
import { describeLimits } from "../../operators/describe-agent.ts";
import { verifyIdentity } from "../../steps/requests/verify-identity.ts";
import { withinQuestions } from "../../steps/requests/within-questions.ts";

/** Tasks that are read at a time. */
const AT_ONCE = 5;

/**
 * Answers `GET /v1/self`: the agent that the token leads to, its limits and its live tasks. Nothing is written but the count of
 * questions.
 */
export const readSelf = (event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  answered<Self>(event, ports, async (record) => {
    const token = readAuthorization(event);
    if (token === undefined) throw new Refusal("token_malformed", { lacksToken: true });
    const identity = await verifyIdentity(token, ports.deployment.audiences.exchange, ports);
    record.note({ agent: identity.agent.id, subject: identity.subject });
    await withinQuestions(identity, record, ports);
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
      ...(await liveTasks(agent, ports)),
    };
  });

async function liveTasks(
  { id }: { readonly id: Parameters<SealingPorts["agents"]["living"]>[0] },
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
