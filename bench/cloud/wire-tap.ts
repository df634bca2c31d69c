import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** One request of an AWS SDK, as it went over the wire. */
export interface WireCall {
  /** `dynamodb` */
  readonly service: string;
  /** `TransactWriteItems` */
  readonly operation: string;
  /** Whose keys signed it. */
  readonly accessKeyId: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  /** By `performance.now()`: when it arrived here, and when its answer left. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/** Stands between the functions and the embedded AWS: sees every call, and can make each take longer. */
export interface WireTap {
  /** `http://127.0.0.1:port`: for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** Every answered call so far; empty it to begin anew. */
  readonly calls: WireCall[];
  /** Added to each call, as distance would. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startWireTap(upstream: string): Promise<WireTap> {
  const calls: WireCall[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const beganAtMs = performance.now();
    const body = await buffer(incoming);
    await new Promise((resolve) => setTimeout(resolve, tap.delayMs));
    // The host is signed, so it is passed on as it was sent.
    const { method = "GET", url = "/", headers } = incoming;
    const passed = send(`${upstream}${url}`, { method, headers });
    passed.end(body);
    const [answered] = await once(passed, "response");
    const answer = await buffer(answered);
    const text = body.toString("utf8");
    calls.push({
      ...wireNames(headers, text),
      body: text,
      status: answered.statusCode,
      answer: answer.toString("utf8"),
      beganAtMs,
      endedAtMs: performance.now(),
    });
    outgoing.writeHead(answered.statusCode, answered.headers).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const tap: WireTap = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    delayMs: 0,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return tap;
}

/** The JSON protocols name the operation in a header, the query protocols in the body. */
export function wireNames(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: string,
): Pick<WireCall, "service" | "operation" | "accessKeyId"> {
  const credential = /Credential=([^/]+)\/\d+\/[^/]+\/([^/]+)\//.exec(String(headers.authorization));
  const target = headers["x-amz-target"];
  const operation =
    typeof target === "string" ? target.slice(target.indexOf(".") + 1) : (/(?:^|&)Action=(\w+)/.exec(body)?.[1] ?? "");
  return { service: credential?.[2] ?? "", operation, accessKeyId: credential?.[1] ?? "" };
}
