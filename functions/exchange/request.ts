import { createHash } from "node:crypto";
import { LIMITS, TASK_SECONDS } from "../../contract/limits.ts";
import { DELIVERIES, type Delivery, GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import { defined } from "../core/defined.ts";
import { parseIntent } from "../core/intent/parse-intent.ts";
import { parseStanding, type StandingTerms } from "../core/policy/standing-terms.ts";
import type { Ports } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import type { TaskRequest } from "../core/tasks/task-request.ts";
import { hashToken } from "../core/tasks/token.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import type { HttpEvent } from "../http/event.ts";
import { readForm } from "../http/read-body.ts";

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
  const deliver = readDelivery(form.get("deliver"));
  const standing = readStanding(form.get("standing"));
  const idempotencyKey = readKey(form.get("idempotency_key"));
  return {
    details: parseIntent(intent, ports),
    purpose,
    ttlSeconds,
    mode,
    ...defined({ deliver, standing, idempotencyKey }),
    requestHash: createHash("sha256")
      .update(
        JSON.stringify([
          purpose,
          ttlSeconds,
          mode,
          intent,
          ...[standing, deliver].filter((each) => each !== undefined),
          ...also,
        ]),
      )
      .digest("base64url"),
    sourceIp: event.requestContext.http.sourceIp,
    requestId: event.requestContext.requestId,
  };
}

const GRANTS: readonly string[] = [GRANT_TYPES.exchange, GRANT_TYPES.assertion];

export type Form = ReadonlyMap<string, string>;

/**
 * Reads the parameters of `POST /v1/token`. Ignores unknown parameters, as RFC 6749, section 3.2, requires.
 * @throws {Refusal} malformed_request, unsupported_media_type, body_too_large, unsupported_grant_type.
 */
export function parseForm(event: HttpEvent): Form {
  const form = readForm(event);
  if (!GRANTS.includes(needed(form, "grant_type"))) throw new Refusal("unsupported_grant_type");
  return form;
}

/** Returns a required parameter. @throws {Refusal} malformed_request where it is missing. */
export function needed(form: Form, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new Refusal("malformed_request", { say: `The parameter ${name} is missing.` });
  return value;
}

const IDENTITY_TYPES: readonly string[] = [TOKEN_TYPES.jwt, TOKEN_TYPES.idToken, TOKEN_TYPES.accessToken];

/** Refuses other types of the agent's token or of the requested token. @throws {Refusal} unsupported_token_type. */
export function refuseOtherTypes(form: Form, parameter: string): void {
  if (!IDENTITY_TYPES.includes(needed(form, parameter))) throw new Refusal("unsupported_token_type");
  const requested = form.get("requested_token_type");
  if (requested !== undefined && requested !== TOKEN_TYPES.accessToken && requested !== TOKEN_TYPES.task) {
    throw new Refusal("unsupported_token_type");
  }
}

/** Returns the task token of a request for a weaker token. @throws {Refusal} malformed_request, unsupported_token_type, delegation_unsupported. */
export function heldToken(form: Form): string {
  const kind = needed(form, "subject_token_type");
  if (kind !== TOKEN_TYPES.accessToken && kind !== TOKEN_TYPES.task) throw new Refusal("unsupported_token_type");
  if (form.has("actor_token") || form.has("actor_token_type")) throw new Refusal("delegation_unsupported");
  return needed(form, "subject_token");
}

export function readPurpose(purpose: string): string {
  if (purpose.trim() === "" || [...purpose].length > LIMITS.purposeCharacters || !isPlainText(purpose)) {
    throw new Refusal("malformed_request", {
      say: `The purpose must have 1 to ${LIMITS.purposeCharacters} characters and no control characters.`,
    });
  }
  return purpose;
}

/** Parses a task's lifetime in seconds. */
export function readTtl(text: string): number {
  const seconds = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > TASK_SECONDS.most) {
    throw new Refusal("malformed_request", {
      say: `task_ttl must be a whole number of seconds from 1 to ${TASK_SECONDS.most}.`,
    });
  }
  return seconds;
}

/** Parses the terms of a requested standing approval, such as `5/7d`. */
function readStanding(text: string | undefined): StandingTerms | undefined {
  const terms = text === undefined ? undefined : parseStanding(text);
  if (typeof terms === "string") throw new Refusal("malformed_request", { say: `The parameter ${terms}.` });
  return terms;
}

function readDelivery(text: string | undefined): Delivery | undefined {
  const delivery = DELIVERIES.find((each) => each === text);
  if (text !== undefined && delivery === undefined)
    throw new Refusal("malformed_request", {
      say: "deliver must be sign (the hub signs requests, and hands out no key), or be left out.",
    });
  return delivery;
}

function readMode(mode = "all"): "all" | "narrow" {
  if (mode !== "all" && mode !== "narrow") {
    throw new Refusal("malformed_request", {
      say: "mode must be all (everything or nothing) or narrow (what policy permits of it).",
    });
  }
  return mode;
}

function readKey(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new Refusal("malformed_request", {
      say: "idempotency_key must have 1 to 128 printable characters without spaces.",
    });
  }
  return key;
}
