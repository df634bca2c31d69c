import type { OwnReach } from "../../contract/self.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { proveQuestioner } from "../steps/requests/prove-questioner.ts";
import { describeReach } from "./describe-reach.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Answers `GET /v1/self/reach`: what policy grants the agent that the token leads to. The agent learns its own reach and no other agent's. */
export const readOwnReach = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  answered<OwnReach>(event, ports, async (record) => {
    const { agent } = await proveQuestioner(readAuthorization(event), record, ports);
    return { agent: agent.id, ...describeReach(agent, ports).entries };
  });
