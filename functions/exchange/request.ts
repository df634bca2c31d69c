import { createHash } from "node:crypto";
import type { Deployment } from "../core/deployment.ts";
import type { Detail } from "../core/intent/detail.ts";
import { LIMITS } from "../core/intent/detail.ts";
import { parseIntent } from "../core/intent/parse-intent.ts";
import { isPlainText } from "../core/plain-text.ts";
import { Refusal } from "../core/refusal.ts";
import { TASK_SECONDS } from "../core/tasks/task.ts";
import type { HttpEvent } from "../http/event.ts";
import { readForm } from "../http/read-body.ts";
import { TOKEN_TYPES } from "../names.ts";

/** What an agent asks for: unbelieved, but well formed. */
export interface TokenRequest {
  readonly subjectToken: string;
  readonly details: readonly Detail[];
  /** What the task is for, in the agent's words: 1 to 256 characters. */
  readonly purpose: string;
  readonly ttlSeconds: number;
  /** `all` of it or nothing, or `narrow`: what policy permits of it. */
  readonly mode: "all" | "narrow";
  readonly idempotencyKey?: string;
  /** Of everything in the request but the token and the key: the same request has the same hash. */
  readonly requestHash: string;
  readonly sourceIp: string;
  readonly requestId: string;
}

/** A holder of a task token asks for a weaker one, for one tool server. */
export interface PresentationRequest {
  readonly taskToken: string;
  /** The tool server's registered id. */
  readonly server: string;
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";
const IDENTITY_TYPES: readonly string[] = [TOKEN_TYPES.jwt, TOKEN_TYPES.idToken, TOKEN_TYPES.accessToken];

/** Whether the form asks for a presentation token rather than for a task: told by the two token types, as RFC 8693 has it. */
export const asksForPresentation = (form: ReadonlyMap<string, string>): boolean =>
  form.get("requested_token_type") === TOKEN_TYPES.presentation;

/** The parameters of `POST /v1/token`; unknown ones are ignored, as RFC 6749, section 3.2, demands. @throws {Refusal} malformed_request and its kin, unsupported_grant_type. */
export function parseForm(event: HttpEvent): ReadonlyMap<string, string> {
  const form = readForm(event);
  if (form.get("grant_type") !== GRANT_TYPE) throw new Refusal("unsupported_grant_type");
  return form;
}

/** @throws {Refusal} malformed_request, unsupported_token_type, delegation_unsupported, intent_invalid. */
export function parseTokenRequest(event: HttpEvent, accounts: Deployment["accounts"]): TokenRequest {
  const form = parseForm(event);
  if (form.has("actor_token") || form.has("actor_token_type")) throw new Refusal("delegation_unsupported");
  if (!IDENTITY_TYPES.includes(needed(form, "subject_token_type"))) throw new Refusal("unsupported_token_type");
  const wanted = form.get("requested_token_type");
  if (wanted !== undefined && wanted !== TOKEN_TYPES.accessToken && wanted !== TOKEN_TYPES.task) {
    throw new Refusal("unsupported_token_type");
  }
  const subjectToken = needed(form, "subject_token");
  const purpose = readPurpose(needed(form, "purpose"));
  const ttlSeconds = readTtl(form.get("task_ttl"));
  const mode = readMode(form.get("mode"));
  const intent = needed(form, "authorization_details");
  const idempotencyKey = readKey(form.get("idempotency_key"));
  return {
    subjectToken,
    details: parseIntent(intent, accounts),
    purpose,
    ttlSeconds,
    mode,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    requestHash: createHash("sha256")
      .update(JSON.stringify([purpose, ttlSeconds, mode, intent]))
      .digest("base64url"),
    sourceIp: event.requestContext.http.sourceIp,
    requestId: event.requestContext.requestId,
  };
}

/** @throws {Refusal} malformed_request, unsupported_token_type. */
export function parsePresentationRequest(event: HttpEvent): PresentationRequest {
  const form = parseForm(event);
  const kind = needed(form, "subject_token_type");
  if (kind !== TOKEN_TYPES.accessToken && kind !== TOKEN_TYPES.task) throw new Refusal("unsupported_token_type");
  return { taskToken: needed(form, "subject_token"), server: needed(form, "audience") };
}

function needed(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value === undefined) throw new Refusal("malformed_request", { say: `The parameter ${name} is missing.` });
  return value;
}

function readPurpose(purpose: string): string {
  if (purpose.trim() === "" || [...purpose].length > LIMITS.purposeCharacters || !isPlainText(purpose)) {
    throw new Refusal("malformed_request", {
      say: `The purpose must have 1 to ${LIMITS.purposeCharacters} characters and no control characters.`,
    });
  }
  return purpose;
}

function readTtl(text: string | undefined): number {
  if (text === undefined) return TASK_SECONDS.default;
  const seconds = /^[1-9][0-9]{0,4}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > TASK_SECONDS.most) {
    throw new Refusal("malformed_request", {
      say: `task_ttl must be a whole number of seconds from 1 to ${TASK_SECONDS.most}.`,
    });
  }
  return seconds;
}

function readMode(mode = "all"): TokenRequest["mode"] {
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
