import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { FunctionName } from "../contract/names.ts";
import { defined } from "../functions/core/defined.ts";
import { CORS, DEFAULT_ROUTE, patternOf, ROUTES, SIGNALS_ROUTE } from "../functions/routes.ts";
import type { FunctionHost } from "./function-host.ts";
import { targetOf } from "./target-of.ts";

/** Largest body; bytes. API Gateway's limit is 10 MB; the functions have far lower ones. */
const BODY_BYTES = 1_048_576;

interface LambdaAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

type Hosts = Readonly<Partial<Record<FunctionName, FunctionHost>>>;

/**
 * Starts the HTTP API in front of the functions, with the stack's route table and events (payload format 2.0).
 * @param page origin whose pages may read the answers, as the stack configures it; none by default.
 * @param hasSignals true where the deployment has transmitters of security events.
 */
export const startApiServer = (port: number, hosts: Hosts, page?: string, hasSignals = false): Promise<Server> =>
  listen(port, hosts, {
    matched: (method, path) => matchRoute(method, path, hasSignals ? [...ROUTES, SIGNALS_ROUTE] : ROUTES) ?? UNMATCHED,
    ...defined({ page }),
  });

/** Starts the HTTP API of the console, whose one function answers every request. */
export const startConsoleServer = (port: number, host: FunctionHost): Promise<Server> =>
  listen(port, { console: host }, { matched: () => ({ routeKey: "$default", function: "console", parameters: {} }) });

interface Door {
  readonly matched: (method: string, path: string) => Matched;
  readonly page?: string;
}

async function listen(port: number, hosts: Hosts, door: Door): Promise<Server> {
  let count = 0;
  const server = createServer(async (request, response) => {
    const arrivedAtMs = Date.now();
    count += 1;
    const shared = sharedWith(request, door.page);
    if (shared && request.method === "OPTIONS") return send(response, { statusCode: 204, headers: shared, body: "" });
    const answered = await answer(request, `local-${count}`, arrivedAtMs, hosts, door).catch((error: unknown) => {
      process.stderr.write(`api: ${error instanceof Error ? error.stack : error}\n`);
      return { statusCode: 500, headers: JSON_TYPE, body: '{"message":"Internal Server Error"}' };
    });
    send(response, { ...answered, headers: { ...answered.headers, ...shared } });
  });
  server.on("clientError", refuseUnread);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Answers a request that Node could not read, such as one whose address is too long, in the form of API Gateway. */
function refuseUnread({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy();
  const [status, message] =
    code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "The address and the headers are too long: send less in the query."]
      : ["400 Bad Request", "Bad Request"];
  const body = JSON.stringify({ message });
  const lines = [`HTTP/1.1 ${status}`, "content-type: application/json", `content-length: ${body.length}`];
  socket.end(`${[...lines, "connection: close"].join("\r\n")}\r\n\r\n${body}`);
}

/**
 * Returns the CORS headers that the gateway adds, for one origin: on every answer, and on every OPTIONS of that origin.
 */
function sharedWith(
  { headers }: IncomingMessage,
  page: string | undefined,
): Readonly<Record<string, string>> | undefined {
  if (page === undefined || headers.origin !== page) return undefined;
  return {
    "access-control-allow-origin": page,
    "access-control-allow-methods": CORS.allowMethods.join(","),
    "access-control-allow-headers": CORS.allowHeaders.join(","),
    "access-control-expose-headers": CORS.exposeHeaders.join(","),
    "access-control-max-age": String(CORS.maxAgeSeconds),
    vary: "origin",
  };
}

async function answer(
  request: IncomingMessage,
  requestId: string,
  timeEpoch: number,
  hosts: Hosts,
  door: Door,
): Promise<LambdaAnswer> {
  const url = targetOf(request.url);
  if (url === undefined) return { statusCode: 400, headers: JSON_TYPE, body: '{"message":"Bad Request"}' };
  const matched = door.matched(request.method ?? "", url.pathname);
  const host = hosts[matched.function];
  const body = await readBody(request);
  if (body === undefined)
    return { statusCode: 413, headers: JSON_TYPE, body: '{"message":"Request Entity Too Large"}' };
  if (!host) throw new Error(`${matched.function} is not running`);
  return (await host.invoke(eventOf(request, url, matched, body, { requestId, timeEpoch }))) as LambdaAnswer;
}

interface Matched {
  readonly routeKey: string;
  readonly function: FunctionName;
  readonly parameters: Readonly<Record<string, string>>;
}

/** API Gateway's `$default` route. Requests that match no other route get an OAuth error, as from every route. */
const UNMATCHED: Matched = { routeKey: DEFAULT_ROUTE.key, function: DEFAULT_ROUTE.function, parameters: {} };

function matchRoute(
  method: string,
  pathname: string,
  routes: readonly ((typeof ROUTES)[number] | typeof SIGNALS_ROUTE)[],
): Matched | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const values = patternOf(route.path).exec(pathname)?.slice(1);
    if (values)
      return {
        routeKey: `${route.method} ${route.path}`,
        function: route.function,
        parameters: Object.fromEntries(names.map((name, index) => [name, decode(values[index] ?? "")])),
      };
  }
  return undefined;
}

const eventOf = (
  request: IncomingMessage,
  url: URL,
  { routeKey, parameters }: Matched,
  body: Buffer,
  arrived: { readonly requestId: string; readonly timeEpoch: number },
) => ({
  version: "2.0",
  routeKey,
  rawPath: url.pathname,
  rawQueryString: url.search.slice(1),
  headers: Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(",") : value]),
  ),
  pathParameters: parameters,
  body: body.toString("base64"),
  isBase64Encoded: true,
  requestContext: {
    ...arrived,
    http: {
      method: request.method,
      path: url.pathname,
      protocol: "HTTP/1.1",
      sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    },
  },
});

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_BYTES) chunks.push(chunk);
  }
  return size <= BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const JSON_TYPE = { "content-type": "application/json" } as const;

function send(response: ServerResponse, { statusCode, headers, body, isBase64Encoded }: LambdaAnswer): void {
  response.writeHead(statusCode, headers);
  response.end(isBase64Encoded ? Buffer.from(body, "base64") : body);
}
