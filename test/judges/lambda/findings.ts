import type { Trigger } from "./deployed.ts";
import type { Ended } from "./emulator.ts";

/** Kinds of triggers whose answer nobody reads. An error of the function is all that AWS sees. */
const UNREAD: readonly Trigger["kind"][] = ["schedule", "bus", "rotation"];

/** Lists the faults of an invocation's end, as the service reads it that has invoked the function. */
export function faultsOf(
  trigger: Pick<Trigger, "kind" | "isPartial">,
  event: unknown,
  ended: Ended,
): readonly string[] {
  if (ended.outcome !== "answer") return [`ended with ${ended.outcome}: ${ended.what}`];
  if (trigger.kind === "api") return faultsOfHttp(ended.answer);
  // Without ReportBatchItemFailures, Lambda reads no answer of a batch either.
  if (UNREAD.includes(trigger.kind) || !trigger.isPartial) return [];
  return faultsOfBatch(ended.answer, identifiersIn(event));
}

/**
 * Lists the faults of an answer to API Gateway's HTTP API, payload format 2.0. An answer without a status code would be
 * sent as the body of a 200. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function faultsOfHttp(answer: unknown): readonly string[] {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return ["the answer is no object"];
  const { statusCode, headers = {}, body, isBase64Encoded = false, cookies = [], ...more } = answer as HttpFields;
  const values = typeof headers === "object" && headers !== null ? Object.entries(headers) : [["headers", headers]];
  return [
    ...(Number.isInteger(statusCode) && Number(statusCode) >= 200 && Number(statusCode) < 500
      ? []
      : [`status code ${statusCode}`]),
    ...values.flatMap(([name, value]) => (typeof value === "string" ? [] : [`header ${name} is no text`])),
    ...(body === undefined || typeof body === "string" ? [] : ["the body is no text"]),
    ...(typeof isBase64Encoded === "boolean" ? [] : ["isBase64Encoded is no boolean"]),
    ...(Array.isArray(cookies) ? [] : ["cookies is no list"]),
    ...Object.keys(more).map((name) => `API Gateway reads no field ${name}`),
  ];
}

type HttpFields = Readonly<
  Partial<Record<"statusCode" | "headers" | "body" | "isBase64Encoded" | "cookies" | string, unknown>>
>;

/**
 * Lists the faults of a partial batch response. Lambda retries the whole batch where an identifier is empty or unknown,
 * or the answer has another form; nothing at all is a success.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function faultsOfBatch(answer: unknown, known: readonly string[]): readonly string[] {
  if (answer === null) return [];
  const { batchItemFailures: failures, ...more } = Object(answer) as Readonly<Record<string, unknown>>;
  if (!Array.isArray(failures)) return ["the answer has no list batchItemFailures"];
  const wrong = failures.filter(
    (each) => Object.keys(Object(each)).join() !== "itemIdentifier" || !known.includes(each.itemIdentifier),
  );
  return [
    ...wrong.map((each) => `${JSON.stringify(each)} names no item of the batch`),
    ...failures.slice(0, 1).map((each) => `an item failed: ${JSON.stringify(each)}`),
    ...Object.keys(more).map((name) => `Lambda reads no field ${name}`),
  ];
}

/** Identifiers of a batch's items: the message's id of SQS, the sequence number of a stream. */
function identifiersIn(event: unknown): readonly string[] {
  const { Records: records = [] } = Object(event) as {
    readonly Records?: readonly {
      readonly messageId?: string;
      readonly dynamodb?: { readonly SequenceNumber?: string };
    }[];
  };
  return records.flatMap(({ messageId, dynamodb }) => messageId ?? dynamodb?.SequenceNumber ?? []);
}

/** Secrets of any value by their form: tokens of valetkey's tasks, and JSON Web Tokens. */
const SECRET_FORMS = /\bvk_\w{20,}|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/;

/** Lists the faults of a line that a function wrote: it has to be a JSON object, no error, and hold no secret. */
export function faultsOfLine(line: string, secrets: ReadonlySet<string>): readonly string[] {
  const found = [...secrets].some((secret) => line.includes(secret)) || SECRET_FORMS.test(line);
  // The line itself would be a second leak.
  if (found) return ["a line holds a secret"];
  const entry = parsed(line);
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [`a line is no JSON object: ${line}`];
  const { level } = entry as { readonly level?: unknown };
  return String(level).toLowerCase() === "error" ? [`an error in the log: ${line}`] : [];
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Finds the secrets of an event or an answer: its tokens, and the secret parts of AWS keys. */
export function secretsIn(value: unknown): readonly string[] {
  const { body, isBase64Encoded } = Object(value) as { readonly body?: unknown; readonly isBase64Encoded?: unknown };
  const text = `${JSON.stringify(value)} ${isBase64Encoded ? Buffer.from(String(body), "base64") : body}`;
  const tokens = text.match(new RegExp(SECRET_FORMS, "g")) ?? [];
  const keys = [...text.matchAll(/"(?:SecretAccessKey|SessionToken|Token|access_token)\\?":\\?"([^"\\]{12,})/g)];
  return [...tokens, ...keys.flatMap(([, key]) => key ?? [])];
}
