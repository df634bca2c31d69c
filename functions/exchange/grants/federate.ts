import { createHash } from "node:crypto";
import { MOST_TOOLS, TASK_SECONDS } from "../../../contract/limits.ts";
import { TOOL_NAME } from "../../../contract/names.ts";
import type { RefusalCode } from "../../../contract/refusals.ts";
import type { FederatedToken } from "../../../contract/token.ts";
import { toolServerAt } from "../../core/deployment/tool-server.ts";
import type { SealingPorts } from "../../core/ports.ts";
import { Refusal } from "../../core/refusal.ts";
import { answer, answerRefusal } from "../../http/answer.ts";
import { answered } from "../../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../../http/event.ts";
import type { RequestRecord } from "../../steps/requests/request-record.ts";
import type { UnapprovedGrants } from "../../steps/tasks/grants.ts";
import { decideTask, issueTask } from "../exchange.ts";
import { type Form, needed, readPurpose, readTtl, type TokenRequest, type Understands } from "../request.ts";
import type { Issued } from "../vend/confirm-leases.ts";
import type { OpenedTask } from "../vend/opened-task.ts";

/** Parameters of other grants. Each would request what this grant does not do, such as to act for a person. */
const FOREIGN = ["subject_token", "actor_token", "authorization_details", "requested_token_type", "audience"];

/**
 * Parses an agent's request for a token of one tool server (RFC 7523). `assertion` is the agent's own token, `resource` the server's address (RFC 8707),
 * and `scope` the tools.
 * @throws {Refusal} malformed_request, unsupported_grant_type where no tool server is configured, target_unknown, scope_invalid.
 */
export function parseFederatedRequest(form: Form, event: HttpEvent, ports: Understands): TokenRequest {
  const { toolServers } = ports.deployment;
  if (toolServers === undefined) throw new Refusal("unsupported_grant_type");
  const foreign = FOREIGN.find((name) => form.has(name));
  if (foreign) throw new Refusal("malformed_request", { say: `The parameter ${foreign} belongs to another grant.` });
  const identityToken = needed(form, "assertion");
  const server = toolServerAt(toolServers, form.get("resource") ?? "");
  if (!server) throw new Refusal("target_unknown");
  const tools = readTools(form.get("scope"));
  const purpose = readPurpose(form.get("purpose") ?? `tools of ${server.id}`);
  const ttl = form.get("task_ttl");
  const ttlSeconds = ttl === undefined ? TASK_SECONDS.default : readTtl(ttl);
  const { requestId, http } = event.requestContext;
  return {
    identityToken,
    details: [{ type: "tool", server: server.id, tools }],
    purpose,
    ttlSeconds,
    mode: "all",
    shownTo: server.id,
    requestHash: createHash("sha256")
      .update(JSON.stringify([server.id, tools, purpose, ttlSeconds]))
      .digest("base64url"),
    sourceIp: http.sourceIp,
    requestId,
  };
}

/** Reads the tools that a scope names, each once (RFC 6749, section 3.3). @throws {Refusal} scope_invalid. */
function readTools(scope: string | undefined): readonly string[] {
  const tools = [...new Set(scope?.split(" "))];
  if (tools.length === 0 || tools.length > MOST_TOOLS || !tools.every((tool) => TOOL_NAME.test(tool)))
    throw new Refusal("scope_invalid");
  return tools;
}

/**
 * Answers `POST /v1/token` for the grant of RFC 7523, with which MCP clients federate a workload's identity. The agent's own token becomes a token for one
 * tool server, by the path of every task. The task has no task token, so nobody renews it, prolongs it or delegates from it.
 */
export function federate(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const work = async (record: RequestRecord) => {
    const { caller, request, grants } = await decideTask(parseFederatedRequest(form, event, ports), ports, record);
    if ("needed" in grants) throw waitingRefusal(request, grants);
    return issueTask({ caller, request, grants }, ports, record);
  };
  return answered(event, ports, work, (issued) => respondFederated(issued, ports.clock.nowMs()), refuseFederated);
}

/** Returns the refusal of a request that people would have to approve: a client of this grant has no token to poll with. */
function waitingRefusal({ shownTo = "" }: { readonly shownTo?: string }, grants: UnapprovedGrants): Refusal {
  const groups = grants.needed.map(({ group }) => group).join(" and ");
  const hint =
    "Start a task with this tool by token exchange (RFC 8693), wait until people have decided, and get a presentation token of it.";
  const reason = `People of ${groups} have to approve this first.`;
  return new Refusal("policy_denied", { denials: [{ action: "tool:Call", target: shownTo, reason, hint }] });
}

/** Writes the answer of RFC 6749, section 5.1. */
function respondFederated({ task, token }: Issued<OpenedTask>, nowMs: number): HttpAnswer {
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
function refuseFederated(refusal: Refusal): HttpAnswer {
  const { code, error, sentence, detail } = refusal;
  if (code === "policy_denied") return answerRefusal(new Refusal("scope_denied", detail));
  const isOfAssertion = error === "invalid_request" && !OF_THE_REQUEST.includes(code);
  return answerRefusal(isOfAssertion ? new Refusal("assertion_refused", { say: sentence }) : refusal);
}
