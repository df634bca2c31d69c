import type { Ports } from "../core/ports.ts";
import { answer } from "../http/answer.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { unlessKnown } from "../http/unless-known.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { type OperatorIdentity, verifyOperator } from "../steps/requests/verify-operator.ts";

/**
 * Path of every operator's request: the operator is verified, the work is done, the outcome is recorded, then answered.
 * The work itself asks policy (`authoriseOperation`) before it shows or changes anything.
 */
export function operation<T extends Readonly<Record<string, unknown>>>(
  event: HttpEvent,
  ports: Ports,
  work: (operator: OperatorIdentity, record: RequestRecord) => Promise<T>,
  status: number | ((done: T) => number) = 200,
): Promise<HttpAnswer> {
  return answered(
    event,
    ports,
    async (record) => {
      const operator = await verifyOperator(readAuthorization(event), ports);
      record.note({ operator: operator.id });
      return work(operator, record);
    },
    (done) => unlessKnown(event, answer(typeof status === "number" ? status : status(done), done)),
  );
}
