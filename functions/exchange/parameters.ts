import { LIMITS, TASK_SECONDS } from "../../contract/limits.ts";
import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import { parseStanding, type StandingTerms } from "../core/policy/standing-terms.ts";
import { Refusal } from "../core/refusal.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import type { HttpEvent } from "../http/event.ts";
import { readForm } from "../http/read-body.ts";

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
export function readStanding(text: string | undefined): StandingTerms | undefined {
  const terms = text === undefined ? undefined : parseStanding(text);
  if (typeof terms === "string") throw new Refusal("malformed_request", { say: `The parameter ${terms}.` });
  return terms;
}

export function readMode(mode = "all"): "all" | "narrow" {
  if (mode !== "all" && mode !== "narrow") {
    throw new Refusal("malformed_request", {
      say: "mode must be all (everything or nothing) or narrow (what policy permits of it).",
    });
  }
  return mode;
}

export function readKey(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw new Refusal("malformed_request", {
      say: "idempotency_key must have 1 to 128 printable characters without spaces.",
    });
  }
  return key;
}
