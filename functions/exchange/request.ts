import { createHash } from "node:crypto";
import { TASK_SECONDS } from "../../contract/limits.ts";
import { TOKEN_TYPES } from "../../contract/names.ts";
import { defined } from "../core/defined.ts";
import { parseIntent } from "../core/intent/parse-intent.ts";
import type { Ports } from "../core/ports.ts";
import type { TaskRequest } from "../core/tasks/task-request.ts";
import { hashToken } from "../core/tasks/token.ts";
import type { HttpEvent } from "../http/event.ts";
import {
  type Form,
  needed,
  readKey,
  readMode,
  readPurpose,
  readStanding,
  readTtl,
  refuseOtherTypes,
} from "./parameters.ts";

/** Request of an agent for itself or for a person, or of a sub-agent with its parent's delegation token. */
export type TokenRequest = OwnRequest | ChildRequest;

interface OwnRequest extends TaskRequest {
  /** OIDC token of the agent itself. */
  readonly identityToken: string;
  /** Token of the person for whom the agent is to act; absent where it acts for itself. */
  readonly personToken?: string;
  readonly delegationToken?: undefined;
}

interface ChildRequest extends TaskRequest {
  /** OIDC token of the sub-agent. */
  readonly identityToken: string;
  readonly personToken?: undefined;
  readonly delegationToken: string;
}

/** Ports that parse an intent. */
export type Understands = Pick<Ports, "deployment" | "catalogue" | "connectors">;

/**
 * Parses a request for a task (RFC 8693, section 2.1). A sub-agent is the actor of its parent's delegation token. An agent that works for a person is the
 * actor of the person's token.
 * @throws {Refusal} malformed_request, unsupported_token_type, delegation_unsupported, intent_invalid.
 */
export function parseTokenRequest(form: Form, event: HttpEvent, ports: Understands): TokenRequest {
  if (form.get("subject_token_type") === TOKEN_TYPES.delegation) {
    const identityToken = needed(form, "actor_token");
    refuseOtherTypes(form, "actor_token_type");
    const delegationToken = needed(form, "subject_token");
    // The same parameters below another task are a different request.
    return { identityToken, delegationToken, ...readTask(form, event, ports, [hashToken(delegationToken)]) };
  }
  refuseOtherTypes(form, "subject_token_type");
  if (form.has("actor_token") || form.has("actor_token_type")) {
    refuseOtherTypes(form, "actor_token_type");
    const [identityToken, personToken] = [needed(form, "actor_token"), needed(form, "subject_token")];
    // A fresh token of the same person repeats the request; a request without a person is another one.
    return { identityToken, personToken, ...readTask(form, event, ports, ["on behalf"]) };
  }
  return { identityToken: needed(form, "subject_token"), ...readTask(form, event, ports, []) };
}

function readTask(form: Form, event: HttpEvent, ports: Understands, also: readonly string[]): TaskRequest {
  const purpose = readPurpose(needed(form, "purpose"));
  const ttl = form.get("task_ttl");
  const ttlSeconds = ttl === undefined ? TASK_SECONDS.default : readTtl(ttl);
  const mode = readMode(form.get("mode"));
  const intent = needed(form, "authorization_details");
  const standing = readStanding(form.get("standing"));
  const idempotencyKey = readKey(form.get("idempotency_key"));
  return {
    details: parseIntent(intent, ports),
    purpose,
    ttlSeconds,
    mode,
    ...defined({ standing, idempotencyKey }),
    requestHash: createHash("sha256")
      .update(JSON.stringify([purpose, ttlSeconds, mode, intent, ...(standing ? [standing] : []), ...also]))
      .digest("base64url"),
    sourceIp: event.requestContext.http.sourceIp,
    requestId: event.requestContext.requestId,
  };
}
