import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { SealingPorts } from "../core/ports.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { exchange } from "./exchange.ts";
import { present } from "./grants/present.ts";
import { type Form, parseForm } from "./request.ts";

/** Answers `POST /v1/token`. */
export async function tokenEndpoint(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const form = await attempt(async () => parseForm(event));
  if ("refusal" in form) return answered(event, ports, () => Promise.reject(form.refusal));
  return answerGrant(form.value, event, ports);
}

/**
 * Answers a form by its grant. The grant's name and the types of the tokens choose it (RFC 8693, section 2.1). Assertions, delegation, approvals and
 * prolonging are loaded at their first use, not at every cold start.
 */
async function answerGrant(form: Form, event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  if (form.get("grant_type") === GRANT_TYPES.assertion) {
    const { federate } = await import("./grants/federate.ts");
    return federate(form, event, ports);
  }
  const requestedType = form.get("requested_token_type");
  if (requestedType === TOKEN_TYPES.presentation) return present(form, event, ports);
  if (requestedType === TOKEN_TYPES.delegation) {
    const { delegate } = await import("./grants/delegate.ts");
    return delegate(form, event, ports);
  }
  // A task token for a task token is a poll: have people decided about the task that waits for them?
  if (requestedType === TOKEN_TYPES.task && form.get("subject_token_type") === TOKEN_TYPES.task) {
    const { poll } = await import("./grants/poll.ts");
    return poll(form, event, ports);
  }
  // A person's token with a task token prolongs the task: its person has signed in again.
  if (form.get("actor_token_type") === TOKEN_TYPES.task) {
    const { prolong } = await import("./grants/prolong.ts");
    return prolong(form, event, ports);
  }
  return exchange(form, event, ports);
}
