import type { ShownAgent } from "../../contract/agents.ts";
import type { Ports } from "../core/ports.ts";
import { isoSeconds } from "../core/text/iso-seconds.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { agentFor } from "../operators/agent-for.ts";
import { describeAgent } from "../operators/describe-agent.ts";
import { type LivePause, livePauses } from "../operators/live-pauses.ts";
import { operation } from "../operators/operation.ts";

/** Answers `GET /v1/agents/{agent}` with the agent, the day of its last use, and for whom rules of escalation have paused it. */
export const readAgent = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation<ShownAgent>(event, ports, async (operator) => {
    const agent = await agentFor(operator, "valetkey:ReadAgent", event.pathParameters?.agent ?? "", ports);
    const [usedOn, paused] = await Promise.all([
      ports.agents.lastUsed(agent.id),
      livePauses(agent, ports, ports.clock.nowMs() / 1_000),
    ]);
    return {
      ...describeAgent(agent, ports.deployment),
      ...(usedOn === undefined ? {} : { last_used_on: usedOn }),
      ...(paused.length === 0 ? {} : { paused_for: paused.map(describePause) }),
    };
  });

const describePause = ({ party, by, at, until }: LivePause) => ({
  party,
  by,
  at: isoSeconds(at),
  until: isoSeconds(until),
});
