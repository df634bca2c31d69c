import type { Ports } from "../core/ports.ts";
import { isPlainText } from "../core/text/plain-text.ts";
import { answer } from "../http/answer.ts";
import { answered } from "../http/answered.ts";
import type { HttpAnswer, HttpEvent } from "../http/event.ts";
import { readAuthorization } from "../http/read-authorization.ts";
import { unlessKnown } from "../http/unless-known.ts";
import type { RequestRecord } from "../steps/requests/request-record.ts";
import { type OperatorIdentity, verifyOperator } from "../steps/requests/verify-operator.ts";

type Work<T> = (operator: OperatorIdentity, record: RequestRecord) => Promise<T>;

/**
 * Answers an operator's request: verifies the operator, does the work, records the outcome, and then responds. The work itself evaluates policy
 * (`authoriseOperation`) before it shows or changes anything.
 */
export const operation = <T extends object>(
  event: HttpEvent,
  ports: Ports,
  work: Work<T>,
  status: number | ((done: T) => number) = 200,
): Promise<HttpAnswer> =>
  asOperator(event, ports, work, (done) =>
    unlessKnown(event, answer(typeof status === "number" ? status : status(done), done)),
  );

/** Answer to a read whose ETag is known before the whole body is read. */
export interface MarkedAnswer<T extends object> {
  /** ETag, which changes whenever the answer does. */
  readonly etag: string;
  /** Absent where the caller has this very answer. */
  readonly body?: T;
}

/** Answers an operator's read that costs less where the caller has its answer. The work evaluates policy before it compares ETags. */
export const conditionalRead = <T extends object>(
  event: HttpEvent,
  ports: Ports,
  work: Work<MarkedAnswer<T>>,
): Promise<HttpAnswer> =>
  asOperator(event, ports, work, ({ etag, body }) => answer(body === undefined ? 304 : 200, body, { etag }));

/** Longest parameter of a path that is recorded; characters. No agent, task or condition has a longer name. */
const MOST_RECORDED = 256;

/** Returns the parameters of the path that name something, for the record. A text that nothing could have as its name is left out. */
function aboutOf({ pathParameters }: HttpEvent): { readonly about?: Readonly<Record<string, string>> } {
  // A gateway may write null where a path has no parameters.
  const named = Object.entries(pathParameters ?? {}).flatMap(([name, value]) =>
    value !== undefined && value.length <= MOST_RECORDED && isPlainText(value) ? [[name, value] as const] : [],
  );
  return named.length === 0 ? {} : { about: Object.fromEntries(named) };
}

const asOperator = <T>(
  event: HttpEvent,
  ports: Ports,
  work: Work<T>,
  respond: (done: T) => HttpAnswer,
): Promise<HttpAnswer> =>
  answered(
    event,
    ports,
    async (record) => {
      const operator = await verifyOperator(readAuthorization(event), ports);
      record.note({ operator: operator.id, ...aboutOf(event) });
      return work(operator, record);
    },
    respond,
  );
