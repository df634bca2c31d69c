import { once } from "node:events";
import { request as send } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "../../loopback-server.ts";

/** Request of an AWS SDK on the wire. */
export interface WireCall {
  /** Service: `dynamodb`. */
  readonly service: string;
  /** Operation: `TransactWriteItems`. */
  readonly operation: string;
  /** Access key that signed the request. */
  readonly accessKeyId: string;
  readonly body: string;
  readonly status: number;
  readonly answer: string;
  /** Arrival of the request and departure of its answer, by `performance.now()`. */
  readonly beganAtMs: number;
  readonly endedAtMs: number;
}

/** Proxy between the functions and the embedded AWS: records every call, and can delay each. */
export interface WireTap {
  /** Value for AWS_ENDPOINT_URL: `http://127.0.0.1:port`. */
  readonly endpoint: string;
  /** Answered calls so far; empty the list to restart. */
  readonly calls: WireCall[];
  /** Delay of each call, in place of distance; milliseconds. */
  delayMs: number;
  close(): Promise<void>;
}

export async function startWireTap(upstream: string): Promise<WireTap> {
  const calls: WireCall[] = [];
  const { url: endpoint, close } = await listen(async (incoming, outgoing) => {
    const beganAtMs = performance.now();
    const body = await buffer(incoming);
    await new Promise((resolve) => setTimeout(resolve, tap.delayMs));
    // Passes the host header on unchanged, since it is signed.
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
  const tap: WireTap = { endpoint, calls, delayMs: 0, close };
  return tap;
}

/** Reads service and operation of a request: JSON protocols name the operation in a header, query protocols in the body. */
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
