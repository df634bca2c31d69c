import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { COMPILED } from "../../../../local/compiled.ts";
import { CLIENT } from "../run-client.ts";

type Facts = Readonly<Record<string, unknown>> & {
  readonly status?: string;
  readonly access?: string;
  readonly environment?: Readonly<Record<string, string>>;
};

/** `valetkey mcp`, with the MCP SDK's own client in front. */
export interface StartedMcp {
  readonly client: Client;
  readonly home: string;
  readonly pid: number;
  /** Calls a tool; returns the structured part of its answer. */
  call(name: string, given?: Readonly<Record<string, unknown>>, signal?: AbortSignal): Promise<Facts>;
  /** Everything that the server has written, to either stream. */
  written(): string;
  /** Closes the server's stdin, and waits for its end. */
  close(): Promise<void>;
}

/** Starts the real command with nothing in its environment but what is given. */
export async function startMcp(args: readonly string[], env: Readonly<Record<string, string>>): Promise<StartedMcp> {
  const home = mkdtempSync(join(tmpdir(), "valetkey-mcp-"));
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLIENT, "mcp", ...args],
    env: { PATH: process.env.PATH ?? "", NODE_COMPILE_CACHE: COMPILED, HOME: home, XDG_CACHE_HOME: home, ...env },
    cwd: home,
    stderr: "pipe",
  });
  let written = "";
  transport.stderr?.on("data", (chunk) => {
    written += String(chunk);
  });
  const client = new Client({ name: "host", version: "1" });
  const connecting = client.connect(transport);
  const take = transport.onmessage;
  transport.onmessage = (message: JSONRPCMessage) => {
    written += JSON.stringify(message);
    take?.(message);
  };
  await connecting;
  return {
    client,
    home,
    pid: transport.pid ?? 0,
    call: async (name, given = {}, signal) => {
      const options = { timeout: 60_000, ...(signal === undefined ? {} : { signal }) };
      const { structuredContent } = await client.callTool({ name, arguments: given }, undefined, options);
      return structuredContent as Facts;
    },
    written: () => written,
    close: async () => {
      await client.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
