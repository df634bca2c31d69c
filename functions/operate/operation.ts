import type { Ports } from "../core/ports.ts";
import { answer, answerRefusal } from "../http/answer.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { attempt } from "../steps/requests/attempt.ts";
import { RequestRecord } from "../steps/requests/request-record.ts";
import { type OperatorIdentity, verifyOperator } from "../steps/requests/verify-operator.ts";

/**
 * What every operator's request has in common: who asks is proven, the work is done, the outcome is recorded, then answered.
 * The work itself asks policy (`authoriseOperation`) before it shows or changes anything.
 */
export async function operation<T extends Readonly<Record<string, unknown>>>(
  event: HttpEvent,
  ports: Ports,
  work: (operator: OperatorIdentity, record: RequestRecord) => Promise<T>,
  status: number | ((done: T) => number) = 200,
): Promise<HttpAnswer> {
  const record = new RequestRecord(event.routeKey, event.requestContext.requestId, ports.clock.nowMs());
  const outcome = await attempt(async () => {
    record.note({ sourceIp: event.requestContext.http.sourceIp });
    const operator = await verifyOperator(readAuthorization(event), ports);
    record.note({ operator: operator.id });
    return await work(operator, record);
  });
  const closed = await record.close(outcome, ports);
  if ("refusal" in closed) return answerRefusal(closed.refusal);
  return answer(typeof status === "number" ? status : status(closed.value), closed.value);
}
