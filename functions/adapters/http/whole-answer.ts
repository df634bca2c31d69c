import { type Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from "node:https";

/**
 * `node:http` without an `import`. An import would read `WebSocket` and so load undici: some 30 ms of CPU at a cold
 * start.
 */
export const http = process.getBuiltinModule("node:http");

/** Complete answer of an HTTP server. */
export interface Answer {
  readonly status: number;
  readonly headers: InstanceType<typeof http.IncomingMessage>["headers"];
  readonly body: Buffer;
}

/** Bounds of one attempt. */
export interface Bounds {
  /** Time from the start until the connection is open; milliseconds. */
  readonly connectMs: number;
  /** Time from the start to the last byte of the answer; milliseconds. */
  readonly wholeMs: number;
  readonly mostBytes: number;
}

/** Request over `node:http`, or over `node:https` by the URL's protocol. */
export interface Request {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Agents with persistent connections; without agents, the connection is closed after the answer. */
  readonly agents?: { readonly "http:": InstanceType<typeof http.Agent>; readonly "https:": HttpsAgent };
}

/**
 * Error of an attempt without a complete answer. The name is `TimeoutError`, `AnswerTooLarge`, or the system's code.
 * The error holds nothing of request or answer.
 */
export class NoAnswer extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

/**
 * Sends a request and returns the answer, whatever its status; a redirect is an answer too. Does not use `fetch`, which
 * would load undici.
 * @throws {NoAnswer} where no complete answer came within the bounds.
 */
export function wholeAnswer(
  { url, method, headers, body, agents }: Request,
  { connectMs, wholeMs, mostBytes }: Bounds,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === "https:";
    const options: RequestOptions = {
      ...{
        protocol: url.protocol,
        hostname: unbracketed(url.hostname),
        port: url.port,
        path: url.pathname + url.search,
      },
      method,
      headers,
      agent: agents?.[isTls ? "https:" : "http:"] ?? false,
    };
    const request = (isTls ? httpsRequest : http.request)(options);
    const giveUp = (name: string): void => {
      stopWaiting();
      reject(new NoAnswer(name));
      request.destroy();
    };
    const timeOut = (): void => giveUp("TimeoutError");
    const stopWaiting = afterReading(wholeMs, timeOut);
    const fail = (error: Error): void => giveUp(codeOf(error));
    request.on("error", fail);
    request.on("socket", (socket) => {
      if (!socket.connecting) return;
      const stopConnecting = afterReading(connectMs, timeOut);
      socket.once(isTls ? "secureConnect" : "connect", stopConnecting);
      socket.once("close", stopConnecting);
    });
    request.on("response", (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > mostBytes) giveUp("AnswerTooLarge");
        else chunks.push(chunk);
      });
      response.on("error", fail);
      response.on("end", () => {
        stopWaiting();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks, bytes) });
      });
    });
    request.end(body);
  });
}

/**
 * Acts after a time, and after one more read of all sockets. A process that was busy or frozen runs its timers first, and
 * would drop an answer that has arrived.
 * @returns function that cancels the act.
 */
function afterReading(ms: number, act: () => void): () => void {
  let afterPoll: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    afterPoll = setImmediate(act);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(afterPoll);
  };
}

/** Host for a connection: `node:http` takes an IPv6 address without brackets. */
const unbracketed = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, "$1");

const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : "ConnectionFailed";
