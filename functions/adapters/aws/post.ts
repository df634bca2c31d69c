import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { AwsFault } from "./aws-fault.ts";

/** Answer of an HTTP server, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

/** Bounds of one attempt; milliseconds. */
export interface Bounds {
  readonly connectMs: number;
  /** From the start to the last byte of the answer. */
  readonly wholeMs: number;
}

/** Most bytes of an answer; AWS's own bound on a page of DynamoDB is 1 MB. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Connections of one process: kept open, at most as many as the SDK keeps. */
const KEPT = { keepAlive: true, maxSockets: 50 } as const;
const AGENTS = { "http:": new HttpAgent(KEPT), "https:": new HttpsAgent(KEPT) } as const;

/** Posts a body and returns the answer, whatever its status. @throws {AwsFault} TimeoutError, or the system's code, where no answer came. */
export function post(
  endpoint: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { connectMs, wholeMs }: Bounds,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isTls = endpoint.protocol === "https:";
    const request = (isTls ? httpsRequest : httpRequest)({
      ...{ protocol: endpoint.protocol, hostname: endpoint.hostname, port: endpoint.port, path: "/", method: "POST" },
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      agent: isTls ? AGENTS["https:"] : AGENTS["http:"],
    });
    const giveUp = (fault: AwsFault): void => {
      clearTimeout(timer);
      reject(fault);
      request.destroy();
    };
    const timer = setTimeout(() => giveUp(new AwsFault("TimeoutError")), wholeMs);
    const fail = (error: Error): void => giveUp(new AwsFault(codeOf(error)));
    request.on("error", fail);
    request.on("socket", (socket) => {
      if (!socket.connecting) return;
      const connecting = setTimeout(() => giveUp(new AwsFault("TimeoutError")), connectMs);
      socket.once(isTls ? "secureConnect" : "connect", () => clearTimeout(connecting));
      socket.once("close", () => clearTimeout(connecting));
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) giveUp(new AwsFault("AnswerTooLarge"));
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks, bytes) });
      });
    });
    request.end(body);
  });
}

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "ConnectionFailed";
