import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Reply {
  readonly status: number;
  readonly body: object;
}

/** Endpoint on loopback for one command. */
export interface Loopback {
  /** `http://127.0.0.1:port` */
  readonly origin: string;
  /** Required Authorization header of a request, verbatim. */
  readonly token: string;
  readonly close: () => Promise<void>;
}

interface Served {
  readonly method: "GET" | "POST";
  /** Variable in which the command has the token. */
  readonly tokenName: string;
  /** Sentence for a bug, whose own message could quote a secret. */
  readonly failed: string;
  readonly answer: (request: IncomingMessage) => Promise<Reply>;
}

/** Serves until it is closed. Any process of the machine can connect, so requests need a token of 256 random bits. Only the command gets it. */
export async function openLoopback({ method, tokenName, failed, answer }: Served, port = 0): Promise<Loopback> {
  const token = randomBytes(32).toString("base64url");
  let authority = "";
  const reply = async (request: IncomingMessage): Promise<Reply> => {
    // A page in a browser can reach loopback under its own name (DNS rebinding), which its Host header shows.
    if (request.headers.host !== authority) return failure(403, "InvalidHost", "This endpoint has no such name.");
    if (request.method !== method) return failure(405, "MethodNotAllowed", `This endpoint answers ${method} only.`);
    if (!isSame(request.headers.authorization ?? "", token))
      return failure(401, "InvalidToken", `The Authorization header must be ${tokenName}, verbatim.`);
    return answer(request);
  };
  const server = createServer((request, response) => {
    reply(request).then(
      (given) => send(response, given),
      () => send(response, failure(500, "InternalError", failed)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin: `http://${authority}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Compares two texts in constant time; hashes them first, since `timingSafeEqual` needs equal lengths. */
const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Makes an error in the form that SDKs read. */
export const failure = (status: number, code: string, sentence: string): Reply => ({
  status,
  body: { Code: code, Message: sentence },
});

function send(response: ServerResponse, { status, body }: Reply): void {
  response
    .writeHead(status, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(body));
}
