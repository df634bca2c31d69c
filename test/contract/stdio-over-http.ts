import { spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { type LoopbackServer, listen } from "../loopback-server.ts";

interface Message {
  readonly id?: string | number;
  readonly method?: string;
}

/**
 * Puts an MCP server that speaks stdio behind one URL, as the conformance suite needs it. Each POST is one line of its
 * stdin, and the line of its reply is the answer. The bridge writes ids of its own, since many clients share the one
 * server, and changes nothing else.
 */
export async function stdioOverHttp(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<LoopbackServer> {
  const child = spawn(process.execPath, argv, { ...options, stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, (answer: object) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ...answer } = JSON.parse(line);
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let lastId = 0;
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    // The server opens no stream of its own, since it sends nothing unrequested. A server that has ended answers
    // nothing.
    if (request.method !== "POST" || child.exitCode !== null) return void response.writeHead(405).end();
    const message: Message = JSON.parse(await text(request));
    if (message.id === undefined || message.method === undefined) {
      child.stdin.write(`${JSON.stringify(message)}\n`);
      return void response.writeHead(202).end();
    }
    lastId += 1;
    const answered = new Promise<object>((resolve) => waiting.set(lastId, resolve));
    child.stdin.write(`${JSON.stringify({ ...message, id: lastId })}\n`);
    const answer = { ...(await answered), id: message.id };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  };
  const server = await listen(pass);
  return {
    ...server,
    close: async () => {
      await server.close();
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
