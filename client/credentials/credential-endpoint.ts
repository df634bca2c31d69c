import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Source of one credential in the service's own form, or of the reason why there is none. */
export interface Source {
  readonly current: () => Promise<
    { readonly credential: object } | { readonly refused: boolean; readonly sentence: string }
  >;
}

/** Sources by the credential's name. */
type Sources = ReadonlyMap<string, Source>;

/** Loopback endpoint from which the command's SDKs get credentials, by the container protocol. */
export interface Endpoint {
  /** Returns the URL of one credential. */
  readonly uri: (name: string) => string;
  /** Required Authorization header of a request, verbatim. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Serves credentials until it is closed. Any process of the machine can connect, so requests need a token of 256 random bits. Only the command gets it. */
export async function openEndpoint(sources: Sources, port = 0): Promise<Endpoint> {
  const token = randomBytes(32).toString("base64url");
  let authority = "";
  const server = createServer((request, response) => {
    answer(request, { authority, token, sources }).then(
      (reply) => send(response, reply),
      () => send(response, failure(500, "InternalError", "The credentials endpoint failed.")),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    uri: (name) => `http://${authority}/${name}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  expected: { authority: string; token: string; sources: Sources },
): Promise<Reply> {
  // A page in a browser can reach loopback under its own name (DNS rebinding), which its Host header shows.
  if (request.headers.host !== expected.authority)
    return failure(403, "InvalidHost", "This endpoint has no such name.");
  if (request.method !== "GET") return failure(405, "MethodNotAllowed", "This endpoint answers GET only.");
  if (!isSame(request.headers.authorization ?? "", expected.token)) {
    return failure(
      401,
      "InvalidToken",
      "The Authorization header must be AWS_CONTAINER_AUTHORIZATION_TOKEN, verbatim.",
    );
  }
  const source = expected.sources.get((request.url ?? "").slice(1));
  if (!source) return failure(404, "NoSuchCredential", "This task has no credential of that name.");
  const current = await source.current();
  if ("credential" in current) return { status: 200, body: current.credential };
  return current.refused
    ? failure(403, "AccessDenied", current.sentence)
    : failure(503, "ServiceUnavailable", current.sentence);
}

/** Compares two texts in constant time; hashes them first, since `timingSafeEqual` needs equal lengths. */
const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Makes an error in the form that SDKs read. */
const failure = (status: number, code: string, sentence: string): Reply => ({
  status,
  body: { Code: code, Message: sentence },
});

function send(response: ServerResponse, { status, body }: Reply): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}
