import { Agent, type IncomingHttpHeaders, request } from "node:http";
import { type DynamoProcess, startDynoxide } from "./dynoxide.ts";

export interface BackendAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Stores of the accounts' tables. */
export interface DynamoBackends {
  /** Sends one operation to the account's DynamoDB. */
  send(account: string, operation: string, body: string | Buffer, region?: string): Promise<BackendAnswer>;
  close(): Promise<void>;
}

/**
 * A DynamoDB for each account: a dynoxide process each, the first one started now; or the one instance at
 * `endpoint` (DYNAMODB_ENDPOINT), which keeps accounts apart by the access key, as DynamoDB Local does.
 */
export function dynamoBackends(endpoint: string | undefined): DynamoBackends {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const started: Promise<DynamoProcess>[] = [];
  const byAccount = new Map<string, Promise<string>>();
  const start = (): Promise<DynamoProcess> => {
    const starting = startDynoxide();
    // Whoever sends the first operation is told; an account that never sends one does not care.
    starting.catch(() => undefined);
    started.push(starting);
    return starting;
  };
  let spare = endpoint === undefined ? start() : undefined;
  const endpointOf = (account: string): Promise<string> => {
    if (endpoint !== undefined) return Promise.resolve(endpoint);
    const known = byAccount.get(account);
    if (known) return known;
    const assigned = (spare ?? start()).then((process) => process.endpoint);
    spare = undefined;
    byAccount.set(account, assigned);
    return assigned;
  };
  return {
    send: async (account, operation, body, region = "us-east-1") =>
      post(await endpointOf(account), agent, body, {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        // Nobody checks this signature: the gate has checked the caller's.
        authorization: `AWS4-HMAC-SHA256 Credential=${account}/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
        "x-amz-date": "20260101T000000Z",
      }),
    close: async () => {
      agent.destroy();
      const settled = await Promise.allSettled(started);
      await Promise.all(settled.map((outcome) => (outcome.status === "fulfilled" ? outcome.value.close() : undefined)));
    },
  };
}

function post(
  endpoint: string,
  agent: Agent,
  body: string | Buffer,
  headers: Record<string, string>,
): Promise<BackendAnswer> {
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
