import type { RefusalCode } from "../../contract/refusals.ts";
import type { FederatedToken } from "../../contract/token.ts";
import type { Deployment } from "../core/deployment/deployment.ts";
import type { SealingPorts } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import type { UnapprovedGrants } from "../steps/tasks/grants.ts";
import { exchange } from "./exchange.ts";
import { parseFederatedRequest } from "./federated-request.ts";
import type { Form } from "./parameters.ts";
import type { Issued } from "./vend/confirm-leases.ts";
import type { OpenedTask } from "./vend/opened-task.ts";

/**
 * Answers `POST /v1/token` for the grant of RFC 7523, with which MCP clients federate a workload's identity. The agent's own token becomes a token for one
 * tool server, by the path of every task. The task has no task token, so nobody renews it, prolongs it or delegates from it.
 */
export const federate = (form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> =>
  exchange(form, event, ports, { parseTokenRequest: parseFederatedRequest, waitFor: refuseToWait, respond, refuse });

/** Refuses a request that people would have to approve: a client of this grant has no token to poll with. */
function refuseToWait(
  _: unknown,
  { shownTo = "" }: { readonly shownTo?: string },
  grants: UnapprovedGrants,
): Promise<never> {
  const groups = grants.needed.map(({ group }) => group).join(" and ");
  const hint =
    "Start a task with this tool by token exchange (RFC 8693), wait until people have decided, and get a presentation token of it.";
  const reason = `People of ${groups} have to approve this first.`;
  const denials = [{ action: "tool:Call", target: shownTo, reason, hint }];
  return Promise.reject(new Refusal("policy_denied", { denials }));
}

/** Writes the answer of RFC 6749, section 5.1. */
function respond({ task, token }: Issued<OpenedTask>, _: Deployment, nowMs: number): HttpAnswer {
  const details = task.details.filter((detail) => detail.type === "tool");
  return answer(200, {
    access_token: token,
    token_type: "Bearer",
    expires_in: Math.max(0, Math.floor(task.expiresAt - nowMs / 1_000)),
    scope: details.flatMap(({ tools }) => tools).join(" "),
    authorization_details: details,
  } satisfies FederatedToken);
}

/** Refusals of the request itself, whatever its assertion. */
const OF_THE_REQUEST: readonly RefusalCode[] = ["malformed_request", "body_too_large", "unsupported_media_type"];

/**
 * Writes a refusal with this grant's errors: `invalid_grant` for an assertion that is not accepted (RFC 7521, section 4.1.1), `invalid_scope` for a scope
 * that policy does not permit (RFC 6749, section 5.2). The request's record has the original refusal.
 */
function refuse(refusal: Refusal): HttpAnswer {
  const { code, error, sentence, detail } = refusal;
  if (code === "policy_denied") return answerRefusal(new Refusal("scope_denied", detail));
  const isOfAssertion = error === "invalid_request" && !OF_THE_REQUEST.includes(code);
  return answerRefusal(isOfAssertion ? new Refusal("assertion_refused", { say: sentence }) : refusal);
}
