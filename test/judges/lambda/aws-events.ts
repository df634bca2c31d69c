import { createHash, randomUUID } from "node:crypto";
import type { Place, Trigger } from "./deployed.ts";

// Events as AWS sends them. The embedded AWS sends the fields that valetkey reads, and these functions add the others.

type Fields = Readonly<Record<string, unknown>>;

/** Kind of an event, and the route, queue or table that it is from. */
export function sourceOf(event: unknown): Pick<Trigger, "kind" | "from"> {
  const { routeKey, Records: records, Step: step, "detail-type": type, source } = Object(event);
  if (typeof routeKey === "string") return { kind: "api", from: routeKey };
  const [{ eventSourceARN: arn, dynamodb } = {} as Fields] = records ?? [];
  if (dynamodb) return { kind: "stream", from: "" };
  if (typeof arn === "string") return { kind: "queue", from: arn.split(":").at(-1) ?? "" };
  if (step) return { kind: "rotation", from: "Secrets Manager" };
  return { kind: type && source !== "aws.events" ? "bus" : "schedule", from: "" };
}

/** Adds the fields that AWS sends beside those that valetkey reads. */
export function asAws(event: unknown, place: Place): unknown {
  const fields = Object(event) as Fields;
  switch (sourceOf(event).kind) {
    case "api":
      return httpEvent(fields, place);
    case "queue":
      return { Records: (fields.Records as readonly Fields[]).map((record) => queueRecord(record, place)) };
    case "stream":
      return { Records: (fields.Records as readonly Fields[]).map((record) => streamRecord(record, place)) };
    default:
      return event;
  }
}

/**
 * Request in payload format 2.0. The gateway sends text as it is, forms and everything else in base64, and leaves out
 * what is empty. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
function httpEvent(given: Fields, { account, region }: Place) {
  const { body, isBase64Encoded, pathParameters, requestContext, rawQueryString, ...event } = given;
  const headers = event.headers as Readonly<Record<string, string>>;
  const bytes = isBase64Encoded ? Buffer.from(String(body), "base64") : Buffer.from(String(body ?? ""));
  const isText = /json|^text\//.test(headers["content-type"] ?? "");
  const context = requestContext as Fields;
  const api = "a1b2c3d4e5";
  const query = Object.fromEntries(new URLSearchParams(String(rawQueryString ?? "")));
  return {
    ...event,
    version: "2.0",
    rawQueryString: rawQueryString ?? "",
    ...(Object.keys(query).length > 0 ? { queryStringParameters: query } : {}),
    ...(Object.keys(Object(pathParameters)).length > 0 ? { pathParameters } : {}),
    ...(bytes.length > 0 ? { body: bytes.toString(isText ? "utf8" : "base64") } : {}),
    isBase64Encoded: bytes.length > 0 && !isText,
    requestContext: {
      accountId: account,
      apiId: api,
      domainName: `${api}.execute-api.${region}.amazonaws.com`,
      domainPrefix: api,
      routeKey: event.routeKey,
      stage: "$default",
      time: new Date().toUTCString(),
      timeEpoch: Date.now(),
      ...context,
      http: { ...Object(context.http), userAgent: headers["user-agent"] ?? "" },
    },
  };
}

function queueRecord(record: Fields, { region }: Place): Fields {
  return {
    md5OfBody: createHash("md5").update(String(record.body)).digest("hex"),
    messageAttributes: {},
    eventSource: "aws:sqs",
    awsRegion: region,
    ...record,
  };
}

let sequence = 100_000_000_000_000_000_000n;

function streamRecord(record: Fields, { account, region }: Place): Fields {
  sequence += 1n;
  const dynamodb = Object(record.dynamodb) as Fields;
  return {
    ...record,
    eventID: randomUUID().replaceAll("-", ""),
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: region,
    dynamodb: {
      ...dynamodb,
      SequenceNumber: String(sequence),
      SizeBytes: JSON.stringify(dynamodb).length,
      StreamViewType: "NEW_IMAGE",
    },
    eventSourceARN: `arn:aws:dynamodb:${region}:${account}:table/valetkey/stream/2026-12-01T00:00:00.000`,
  };
}

/** Message of a queue, as Lambda hands it over. */
export const messageOf = (queue: string, body: object, { account, region }: Place) => ({
  Records: [
    {
      messageId: randomUUID(),
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
      body: JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.now()),
        SenderId: "AIDAIENQZJOLO23YVJ4VO",
        ApproximateFirstReceiveTimestamp: String(Date.now()),
      },
      eventSourceARN: `arn:aws:sqs:${region}:${account}:${queue}`,
    },
  ],
});

/** Event of a rule's schedule. */
export const scheduledEvent = (rule: string, { account, region }: Place) => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/${rule}`],
  detail: {},
});

/** Request for the front page of an API, or for one of its addresses. */
export const requestFor = (routeKey: string, path: string, method = "GET") => ({
  routeKey,
  rawPath: path,
  rawQueryString: "",
  headers: { host: "api.example.com", "user-agent": "curl/8.5.0", accept: "*/*" },
  requestContext: {
    requestId: randomUUID(),
    http: { method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.7" },
  },
});
