import type { Ports } from "../core/ports.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { authoriseOperation } from "../steps/authorise-operation.ts";
import { summariseAgent } from "./describe-agent.ts";
import { operation } from "./operation.ts";

/** `GET /v1/agents?after=`: by id, page by page. */
export const listAgents = (event: HttpEvent, ports: Ports): Promise<HttpAnswer> =>
  operation(event, ports, async (operator) => {
    await authoriseOperation(operator, "valetkey:ListAgents", "deployment", ports);
    const after = new URLSearchParams(event.rawQueryString ?? "").get("after") ?? undefined;
    const { agents, next } = await ports.agents.list(after);
    return { agents: agents.map(summariseAgent), ...(next === undefined ? {} : { next }) };
  });
