import { type Agent, type IncomingHttpHeaders, request } from "node:http";

export interface BackendAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Operation to send; its input goes over the wire as JSON. */
export interface Operation {
  readonly account: string;
  readonly operation: string;
  readonly input: object;
  readonly region: string;
}

/** Sends an operation to a DynamoDB at an endpoint. */
export function sendOverHttp(endpoint: string, agent: Agent, sent: Operation): Promise<BackendAnswer> {
  const { account, operation, input, region } = sent;
  return post(endpoint, agent, JSON.stringify(input), {
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": `DynamoDB_20120810.${operation}`,
    // Nobody checks this signature. The gate has checked the caller's.
    authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    "x-amz-date": "20260101T000000Z",
  });
}

function post(endpoint: string, agent: Agent, body: string, headers: Record<string, string>): Promise<BackendAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      endpoint,
      { method: "POST", agent, headers: { ...headers, "content-length": Buffer.byteLength(body) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({
            status: incoming.statusCode ?? 500,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString("utf8"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
