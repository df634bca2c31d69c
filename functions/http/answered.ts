import type { Ports } from "../core/ports.ts";
import type { Refusal } from "../core/refusal.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { answer, answerRefusal } from "./answer.ts";
import type { HttpAnswer, HttpEvent } from "./event.ts";

/**
 * Answers a request: begins its record, does the work, records the outcome, and only then responds (I7). If the record cannot be written, the response is
 * an outage.
 * @param work throws a refusal, or returns the value for `respond`. Notes facts in the record as they become known.
 * @param respond writes the answer; by default the value as JSON, with status 200.
 * @param refuse writes a refusal.
 * @throws any error that is no `Refusal`: a bug.
 */
export async function answered<T>(
  event: HttpEvent,
  ports: Pick<Ports, "journal" | "log" | "clock" | "random" | "policies" | "rateLimits">,
  work: (record: RequestRecord) => Promise<T>,
  respond: (value: T) => HttpAnswer = (value) => answer(200, value),
  refuse: (refusal: Refusal) => HttpAnswer = answerRefusal,
): Promise<HttpAnswer> {
  const { requestId, http } = event.requestContext;
  const record = new RequestRecord(event.routeKey, requestId, ports.clock.nowMs());
  record.note({ sourceIp: http.sourceIp });
  const outcome = await record.close(await attempt(() => work(record)), ports);
  return "refusal" in outcome ? refuse(outcome.refusal) : respond(outcome.value);
}
