import type { IncomingMessage, ServerResponse } from "node:http";
import type { Access } from "./access.ts";
import type { Checks } from "./checks.ts";
import { BODY_BYTES, type Body, parsed } from "./parsed.ts";
import { type Refused, refused } from "./refused.ts";
import { WATCH_MS } from "./watched.ts";

/** Request with the additions of the guard: the task, and the parsed body. Handlers must use this body, since the guard has read the stream. */
type GuardedRequest = IncomingMessage & { auth?: unknown; body?: unknown };

export type NodeGuard = (request: GuardedRequest, response: ServerResponse, next: () => unknown) => Promise<void>;

/** Makes the guard of node:http and Express. */
export const guardNode =
  (checks: Checks): NodeGuard =>
  async (request, response, next) => {
    const { method = "GET", url = "/" } = request;
    const path = url.split("?")[0] ?? "/";
    if (path === checks.metadataPath && method === "GET") return send(response, checks.metadata);
    const { authorization } = request.headers;
    const looked = await checks.look(authorization);
    if ("status" in looked) return send(response, looked);
    const body = await bodyOf(request);
    if ("status" in body) return send(response, body);
    const no = checks.refuse(looked, body.value, { method, path });
    if (no) return send(response, no);
    request.auth = looked satisfies Access;
    if (body.value !== undefined) request.body = body.value;
    // Checks the token as long as the answer is open, since the task may end meanwhile.
    const watch = setInterval(async () => {
      if ("status" in (await checks.look(authorization))) response.destroy();
    }, WATCH_MS);
    response.once("close", () => clearInterval(watch));
    await next();
  };

const NO_BODY: readonly (string | undefined)[] = ["GET", "HEAD", "DELETE", "OPTIONS"];

/** Reads the body as JSON, unless a parser has read it before. Refuses an unreadable body. */
async function bodyOf(request: GuardedRequest): Promise<Body> {
  const { body } = request;
  if (typeof body === "string" || Buffer.isBuffer(body)) return parsed(String(body));
  if (body !== undefined) return { value: body };
  if (request.readableDidRead)
    return refused(500, "server_error", "The body was read before the guard, and is not in request.body.");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes > BODY_BYTES) return refused(413, "invalid_request", "The body is too large.");
    chunks.push(chunk as Buffer);
  }
  if (bytes === 0 && NO_BODY.includes(request.method)) return { value: undefined };
  return parsed(Buffer.concat(chunks).toString("utf8"));
}

function send(response: ServerResponse, { status, headers, body }: Refused): void {
  response.writeHead(status, headers).end(JSON.stringify(body));
}
