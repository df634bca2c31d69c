import type { Checks } from "./checks.ts";
import { BODY_BYTES, type Body, parsed } from "./parsed.ts";
import { type Refused, refused } from "./refused.ts";
import { WATCH_MS } from "./watched.ts";

/** Context of Hono, as far as the guard uses it. */
interface Context {
  readonly req: { readonly raw: Request };
  readonly set: (name: "auth", value: never) => void;
  res: Response;
}

/** Guard of Hono. Handlers find an `Access` as `c.get("auth")`. */
export type HonoGuard = (context: Context, next: () => Promise<void>) => Promise<Response | undefined>;

/** Makes the guard of Hono, and of any framework with the same form of middleware. */
export const guardHono =
  (checks: Checks): HonoGuard =>
  async (context, next) => {
    const { raw } = context.req;
    const { method } = raw;
    const { pathname: path } = new URL(raw.url);
    if (path === checks.metadataPath && method === "GET") return responseOf(checks.metadata);
    const authorization = raw.headers.get("authorization") ?? undefined;
    const looked = await checks.look(authorization);
    if ("status" in looked) return responseOf(looked);
    // Reads a copy, so that the handler can read the same bytes itself.
    const body = await bodyOf(raw.clone().body);
    if ("status" in body) return responseOf(body);
    const no = checks.refuse(looked, body.value, { method, path });
    if (no) return responseOf(no);
    context.set("auth", looked as never);
    await next();
    const { res } = context;
    if (res.body) context.res = new Response(watched(res.body, authorization, checks), res);
    return undefined;
  };

/** Passes a body on as long as its token is alive. */
function watched(
  body: ReadableStream<Uint8Array>,
  authorization: string | undefined,
  { look }: Checks,
): ReadableStream<Uint8Array> {
  const ended = new AbortController();
  const watch = setInterval(async () => {
    if ("status" in (await look(authorization))) ended.abort(new Error("the task has ended"));
  }, WATCH_MS);
  const through = new TransformStream<Uint8Array, Uint8Array>();
  body
    .pipeTo(through.writable, { signal: ended.signal })
    .catch(() => undefined)
    .finally(() => clearInterval(watch));
  return through.readable;
}

/** Reads a body as JSON; undefined for an empty body. */
async function bodyOf(stream: ReadableStream<Uint8Array> | null): Promise<Body> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = stream?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > BODY_BYTES) {
      // Does not wait for the cancellation: a copy's stream is cancelled only when the original's is cancelled too.
      void reader?.cancel().catch(() => undefined);
      return refused(413, "invalid_request", "The body is too large.");
    }
    chunks.push(read.value);
  }
  return bytes === 0 ? { value: undefined } : parsed(Buffer.concat(chunks).toString("utf8"));
}

const responseOf = ({ status, headers, body }: Refused): Response =>
  new Response(JSON.stringify(body), { status, headers });
