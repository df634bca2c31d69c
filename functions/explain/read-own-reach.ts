import type { OwnReach } from "../../contract/self.ts";
import { Refusal } from "../core/refusal.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { verifyIdentity } from "../steps/requests/verify-identity.ts";
import { withinQuestions } from "../steps/requests/within-questions.ts";
import { describeReach } from "./describe-reach.ts";
import type { ExplainPorts } from "./explain-ports.ts";

/** Answers `GET /v1/self/reach`: what policy grants the agent that the token leads to. The agent learns its own reach and no other agent's. */
export const readOwnReach = (event: HttpEvent, ports: ExplainPorts): Promise<HttpAnswer> =>
  answered<OwnReach>(event, ports, async (record) => {
    const token = readAuthorization(event);
    if (token === undefined) throw new Refusal("token_malformed", { lacksToken: true });
    const identity = await verifyIdentity(token, ports.deployment.audiences.exchange, ports);
    record.note({ agent: identity.agent.id, subject: identity.subject });
    await withinQuestions(identity, record, ports);
    return { agent: identity.agent.id, ...describeReach(identity.agent, ports).entries };
  });
