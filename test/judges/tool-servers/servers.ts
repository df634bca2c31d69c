import { fileURLToPath } from "node:url";

const GUARD = fileURLToPath(new URL("../../../client/tool/guard-tools.ts", import.meta.url));

/** Part of every server: the guard, as docs/recipes/mcp.md writes it, with the values of the run. */
const GUARDED = `
import { guardTools } from ${JSON.stringify(GUARD)};
const { HUB: hub, RESOURCE: resource, PORT } = process.env;
const guard = guardTools({ hub, resource, server: "tickets", tools: ["search", "close"] });
const TOOLS = { "POST /items/delete": ["close"] };
const needed = (_, { method, path }) => TOOLS[method + " " + path] ?? [];
const byPath = guardTools({ hub, resource, server: "tickets", tools: ["search", "close"], needed });
const answer = ({ id, params }, auth) => ({ jsonrpc: "2.0", id, result: { tool: params.name, agent: auth.clientId, token: auth.token } });
`;

/** Tool server of a framework, as its users write one: a tool behind the guard, and an answer that stays open. */
export interface ToolServer {
  readonly name: string;
  readonly program: string;
}

const express = (name: string, before: string): ToolServer => ({
  name,
  program: `import express from "express";${GUARDED}
const app = express();
${before}
app.post("/items/delete", byPath.node, (_, response) => response.json("deleted"));
app.use(guard.node);
app.post("/mcp", (request, response) => response.json(answer(request.body, request.auth)));
app.get("/mcp", (_, response) => void response.writeHead(200, { "content-type": "text/event-stream" }).write(": open\\n\\n"));
app.listen(Number(PORT), "127.0.0.1", () => console.log("listening"));`,
});

export const TOOL_SERVERS: readonly ToolServer[] = [
  express("Express", ""),
  express("Express, with its JSON parser before the guard", "app.use(express.json());"),
  express("Express, with its text parser before the guard", 'app.use(express.text({ type: "*/*" }));'),
  {
    name: "Hono",
    program: `import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { stream } from "hono/streaming";${GUARDED}
const app = new Hono();
app.post("/items/delete", byPath.hono, (c) => c.json("deleted"));
app.use(guard.hono);
app.post("/mcp", async (c) => c.json(answer(await c.req.json(), c.get("auth"))));
app.get("/mcp", (c) => stream(c, async (open) => { await open.write(": open\\n\\n"); await new Promise((end) => open.onAbort(end)); }));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: Number(PORT) }, () => console.log("listening"));`,
  },
];
