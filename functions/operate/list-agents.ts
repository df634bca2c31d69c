import { AGENT_ID } from "../core/identity/agent.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { authoriseOperation } from "../steps/authorise-operation.ts";
import { summariseAgent } from "./describe-agent.ts";
import { operation } from "./operation.ts";

/** `GET /v1/agents?after=`: by id, page by page. */
export const listAgents = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListAgents", "deployment", ports);
    const after = new URLSearchParams(event.rawQueryString ?? "").get("after") ?? undefined;
    if (after !== undefined && !AGENT_ID.test(after)) {
      throw new Refusal("malformed_request", { say: "after must be an agent's id: the next of the page before." });
    }
    const { agents, next } = await ports.agents.list(after);
    return { agents: agents.map(summariseAgent), ...(next === undefined ? {} : { next }) };
  });
