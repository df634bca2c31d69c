/** Methods of MCP that any live token may use, since they only list things and have no effect. */
const FREE: readonly string[] = [
  "initialize",
  "ping",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "logging/setLevel",
];

/**
 * Lists the tools that a request of MCP needs. `tools/call` needs the named tool, and a method without effect needs nothing. Any other method needs its
 * own name, so the guard refuses every method that policy does not name. Returns undefined for a body that is not JSON-RPC.
 */
export function neededTools(body: unknown): readonly string[] | undefined {
  if (body === undefined) return []; // a stream is opened, or a session ended
  const needed = (Array.isArray(body) ? body : [body]).map(neededBy);
  return needed.every((each) => each !== undefined) ? [...new Set(needed.flat())] : undefined;
}

function neededBy(message: unknown): readonly string[] | undefined {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return undefined;
  const { method, params } = message as { readonly method?: unknown; readonly params?: unknown };
  // Needs nothing for an answer to the server. Any other message may be the placeholder of a parser that has not read the body.
  if (method === undefined) return "result" in message || "error" in message ? [] : undefined;
  if (typeof method !== "string") return undefined;
  if (FREE.includes(method) || method.startsWith("notifications/")) return [];
  if (method !== "tools/call") return [method];
  const name = typeof params === "object" && params !== null ? (params as { readonly name?: unknown }).name : undefined;
  return typeof name === "string" ? [name] : undefined;
}
