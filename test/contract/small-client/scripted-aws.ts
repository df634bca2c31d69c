import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { listen } from "../../loopback-server.ts";

/** A complete request that arrived. */
export interface Arrived {
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answer of the script: a status, a body and headers; or a fault of the connection. */
export type Scripted =
  | { readonly status: number; readonly body?: string | Buffer; readonly headers?: Readonly<Record<string, string>> }
  | "cut off"
  | "cut off in the middle"
  | "silence"
  | "silence in the middle";

/**
 * Server in place of AWS that answers by a script, one entry for each request. The last entry answers all further
 * requests.
 */
export interface ScriptedAws {
  readonly endpoint: string;
  readonly arrived: Arrived[];
  /** Connections that were opened so far. */
  connections(): number;
  play(...script: readonly Scripted[]): void;
  close(): Promise<void>;
}

export async function startScriptedAws(): Promise<ScriptedAws> {
  const arrived: Arrived[] = [];
  let script: readonly Scripted[] = [];
  let connections = 0;
  const { server, url, close } = await listen(async (request, response) => {
    const number = arrived.length;
    arrived.push({ headers: request.headers, body: await text(request) });
    answer(response, script[Math.min(number, script.length - 1)] ?? { status: 500 });
  });
  server.on("connection", () => {
    connections += 1;
  });
  return {
    endpoint: url,
    arrived,
    connections: () => connections,
    play: (...next) => {
      arrived.length = 0;
      script = next;
    },
    close,
  };
}

function answer(response: ServerResponse, scripted: Scripted): void {
  if (scripted === "silence") return;
  if (scripted === "cut off") {
    response.socket?.destroy();
  } else if (typeof scripted === "string") {
    response.writeHead(200, { "content-length": "100" });
    response.write("{", () => {
      if (scripted === "cut off in the middle") response.socket?.destroy();
    });
  } else {
    response.writeHead(scripted.status, scripted.headers).end(scripted.body ?? "");
  }
}
