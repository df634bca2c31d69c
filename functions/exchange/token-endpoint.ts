import type { SealingPorts } from "../core/ports.ts";
import { answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { TOKEN_TYPES } from "../names.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { exchange } from "./exchange.ts";
import { parseForm } from "./parameters.ts";
import { present } from "./present.ts";

type Exchange = (event: HttpEvent, ports: SealingPorts) => Promise<HttpAnswer>;

/** One address, four exchanges: the types of what is wanted and of what is given tell which (RFC 8693, section 2.1). */
export async function tokenEndpoint(event: HttpEvent, ports: SealingPorts): Promise<HttpAnswer> {
  const form = await attempt(async () => parseForm(event));
  if ("refusal" in form) {
    ports.log.write({
      level: "info",
      event: "refused",
      route: event.routeKey,
      request: event.requestContext.requestId,
      code: form.refusal.code,
    });
    return answerRefusal(form.refusal);
  }
  return (await exchangeFor(form.value))(event, ports);
}

/** What sub-agents need is read when the first of them asks, and not at every cold start. */
async function exchangeFor(form: ReadonlyMap<string, string>): Promise<Exchange> {
  const wanted = form.get("requested_token_type");
  if (wanted === TOKEN_TYPES.presentation) return present;
  if (wanted === TOKEN_TYPES.delegation) return (await import("./delegate.ts")).delegate;
  if (form.get("subject_token_type") !== TOKEN_TYPES.delegation) return exchange;
  return (await import("./exchange-delegation.ts")).exchangeDelegation;
}
