import { createHash } from "node:crypto";
import { MOST_TOOLS, TASK_SECONDS } from "../../contract/limits.ts";
import { TOOL_NAME } from "../../contract/names.ts";
import { toolServerAt } from "../core/deployment/tool-server.ts";
import { Refusal } from "../core/refusal.ts";
import type { HttpEvent } from "../http/event.ts";
import { type Form, needed, readPurpose, readTtl } from "./parameters.ts";
import type { TokenRequest, Understands } from "./request.ts";

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
