import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { text } from "node:stream/consumers";

/** An HTTP server on loopback. */
export interface LoopbackServer {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function listen(listener: RequestListener): Promise<LoopbackServer> {
  const server: Server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    server,
    port: address.port,
    url: `http://127.0.0.1:${address.port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

export const bodyOf = (request: IncomingMessage): Promise<string> => text(request);

/** What somebody asked, without what is secret in it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | object;
}

/** A server that answers whatever a test wants, and tells what it was asked. */
export async function scripted(answer: (asked: Asked) => ScriptedAnswer) {
  const asked: Asked[] = [];
  const server = await listen(async (request, response) => {
    const each = { method: request.method ?? "", path: request.url ?? "", body: await bodyOf(request) };
    asked.push(each);
    const { status, headers, body } = answer(each);
    const sent = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(sent);
  });
  return { ...server, asked };
}
