import { GRANT_TYPES, TOKEN_TYPES } from "../../contract/names.ts";
import type { SealingPorts } from "../core/ports.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { exchange } from "./exchange.ts";
import { present } from "./grants/present.ts";
import { type Form, parseForm } from "./request.ts";

type Exchange = (form: Form, event: HttpEvent, ports: SealingPorts) => Promise<HttpAnswer>;

/** Answers `POST /v1/token`. The grant and the types of the tokens (RFC 8693, section 2.1) choose the exchange. */
export async function tokenEndpoint(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const form = await attempt(async () => parseForm(event));
  if ("refusal" in form) return answered(event, ports, () => Promise.reject(form.refusal));
  return (await exchangeFor(form.value))(form.value, event, ports);
}

/** Returns the exchange for a form. Assertions, delegation and approvals are loaded at their first use, not at every cold start. */
async function exchangeFor(form: Form): Promise<Exchange> {
  if (form.get("grant_type") === GRANT_TYPES.assertion) return (await import("./grants/federate.ts")).federate;
  const requestedType = form.get("requested_token_type");
  if (requestedType === TOKEN_TYPES.presentation) return present;
  if (requestedType === TOKEN_TYPES.delegation) return (await import("./grants/delegate.ts")).delegate;
  // A task token for a task token is a poll: have people decided about the task that waits for them?
  if (requestedType === TOKEN_TYPES.task && form.get("subject_token_type") === TOKEN_TYPES.task)
    return (await import("./grants/poll.ts")).poll;
  // A person's token with a task token prolongs the task: its person has signed in again.
  if (form.get("actor_token_type") === TOKEN_TYPES.task) return (await import("./grants/prolong.ts")).prolong;
  return exchange;
}
