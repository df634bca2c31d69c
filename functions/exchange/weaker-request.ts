import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { TREE_LIMITS } from "../../contract/limits.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import type { Detail } from "../core/intent/detail.ts";
import { parseIntent } from "../core/intent/parse-intent.ts";
import { Refusal } from "../core/refusal.ts";
import { type Form, needed, readTtl } from "./parameters.ts";
import type { Understands } from "./request.ts";

/** Request of a task's holder for a presentation token. */
export interface PresentationRequest {
  readonly taskToken: string;
  /** Registered id of the tool server. */
  readonly server: AgentId;
}

/** Request of a task's holder for a delegation token. */
export interface DelegationRequest {
  readonly taskToken: string;
  /** Registered id of the sub-agent. */
  readonly agent: AgentId;
  /** Upper bound on the details that the sub-agent may request. */
  readonly details?: readonly Detail[];
  /** Lifetime of the token, and of the task that is opened with it; seconds. */
  readonly ttlSeconds?: number;
}

/** Parses a request for a presentation token. @throws {Refusal} malformed_request, unsupported_token_type. */
export function parsePresentationRequest(form: Form): PresentationRequest {
  const taskToken = heldToken(form);
  const server = needed(form, "audience");
  if (!isAgentId(server)) {
    throw new Refusal("malformed_request", { say: "The audience must be the registered id of the tool server." });
  }
  return { taskToken, server };
}

/** Parses a request for a delegation token. @throws {Refusal} malformed_request, unsupported_token_type, intent_invalid. */
export function parseDelegationRequest(form: Form, ports: Understands): DelegationRequest {
  const taskToken = heldToken(form);
  const agent = needed(form, "audience");
  if (!isAgentId(agent)) {
    throw new Refusal("malformed_request", { say: "The audience must be the registered id of the sub-agent." });
  }
  const [ttl, intent] = [form.get("task_ttl"), form.get("authorization_details")];
  if (intent !== undefined && intent.length > TREE_LIMITS.detailCharacters) {
    throw new Refusal("intent_invalid", { say: `A delegation's may have ${TREE_LIMITS.detailCharacters} characters.` });
  }
  return {
    taskToken,
    agent,
    ...(intent === undefined ? {} : { details: parseIntent(intent, ports) }),
    ...(ttl === undefined ? {} : { ttlSeconds: readTtl(ttl) }),
  };
}

function heldToken(form: Form): string {
  const kind = needed(form, "subject_token_type");
  if (kind !== TOKEN_TYPES.accessToken && kind !== TOKEN_TYPES.task) throw new Refusal("unsupported_token_type");
  if (form.has("actor_token") || form.has("actor_token_type")) throw new Refusal("delegation_unsupported");
  return needed(form, "subject_token");
}
