import type { Ports } from "../core/ports.ts";
import { answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { settle } from "../steps/settle.ts";
import { exchange } from "./exchange.ts";
import { present } from "./present.ts";
import { asksForPresentation, parseForm } from "./request.ts";

/** One address, two exchanges: `requested_token_type` tells which (RFC 8693, section 2.1). */
export async function tokenEndpoint(event: HttpEvent, ports: Ports): Promise<HttpAnswer> {
  const form = await settle(async () => parseForm(event));
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
  return asksForPresentation(form.value) ? present(event, ports) : exchange(event, ports);
}
