import { findIdentity } from "../identity/find-identity.ts";
import type { IdentitySource } from "../identity/source.ts";
import { safeUrl } from "../task/safe-url.ts";
import type { Access } from "./access.ts";
import { Introspection } from "./introspection.ts";
import { ownToken } from "./own-token.ts";
import { HEADERS, type Refused, refused } from "./refused.ts";
import { routePath } from "./route-path.ts";

/** Method and path of a request with a body. */
export interface RequestLine {
  readonly method: string;
  /** Path without the query, as routers compare it: decoded, in lower case, without a slash at the end. @example "/items/delete" */
  readonly path: string;
}

export interface GuardOptions {
  /** URL of valetkey. */
  readonly hub: string;
  /** Address of this tool server, as `toolServers` in the hub's `valetkey.json` has it. */
  readonly resource: string;
  /** Registered id of this tool server's agent. */
  readonly server: string;
  /** Tools of this server, for its metadata. */
  readonly tools: readonly string[];
  /** Source of this tool server's own OIDC token. By default found as `valetkey exec` finds it. */
  readonly identity?: IdentitySource;
  /** Lists the tools that a request needs; undefined for an unreadable or unknown request, which is refused. By default reads requests of MCP (JSON-RPC). */
  readonly needed?: (body: unknown, request: RequestLine) => readonly string[] | undefined;
  /** Receives events for a log, never a token. */
  readonly onEvent?: (event: Readonly<Record<string, unknown>>) => void;
  /** Clock; epoch milliseconds. */
  readonly nowMs?: () => number;
}

/** Checks of the guard, in the order in which the adapters apply them. */
export interface Checks {
  /** Path of the protected resource metadata (RFC 9728, section 3.1), and the document. */
  readonly metadataPath: string;
  readonly metadata: Refused;
  /** Looks at the token of an `Authorization` header. */
  readonly look: (authorization: string | undefined) => Promise<Access | Refused>;
  /** Refuses a request that needs a tool which the task was not granted. @param path as the request has it, without the query. */
  readonly refuse: (access: Access, body: unknown, request: RequestLine) => Refused | undefined;
}

/** Makes the checks of a tool server. @throws {ClientError} usage, identity. */
export function checksOf(options: GuardOptions): Checks {
  const { resource, server, tools, needed = neededTools, onEvent = () => undefined, nowMs = Date.now } = options;
  const hub = safeUrl(options.hub, "hub");
  const { origin, pathname } = new URL(safeUrl(resource, "resource"));
  const metadataPath = `/.well-known/oauth-protected-resource${pathname === "/" ? "" : pathname}`;
  const identity = options.identity ?? findIdentity({}, process.env);
  const own = ownToken(identity, `${hub}/introspect`, nowMs);
  const introspection = new Introspection({ hub, resource, server, ownToken: own, onEvent, nowMs });
  const where = `resource_metadata="${origin}${metadataPath}"`;
  const challenge = (status: number, error: string, sentence: string, more = "") =>
    refused(status, error, sentence, {
      "www-authenticate": `Bearer error="${error}", error_description="${sentence}", ${more}${where}`,
    });
  return {
    metadataPath,
    metadata: {
      status: 200,
      headers: HEADERS,
      body: {
        resource,
        authorization_servers: [hub],
        scopes_supported: tools,
        bearer_methods_supported: ["header"],
      },
    },
    look: async (authorization) => {
      // RFC 6750, section 3.1: no error code where no token was sent.
      if (authorization === undefined)
        return refused(401, "invalid_request", "A token is needed.", { "www-authenticate": `Bearer ${where}` });
      const [, token = ""] = /^bearer ([^\s,]+)$/i.exec(authorization) ?? [];
      const looked = await introspection.look(token);
      if (looked === "inactive") return challenge(401, "invalid_token", "The token is not valid here.");
      if (looked === "unavailable")
        return refused(503, "temporarily_unavailable", "The token cannot be checked now.", { "retry-after": "5" });
      return looked.access;
    },
    refuse: ({ scopes }, body, { method, path: raw }) => {
      const path = routePath(raw);
      const wanted = path === undefined ? undefined : needed(body, { method, path });
      if (wanted === undefined)
        return refused(400, "invalid_request", "The request does not show which tools it needs.");
      const lacking = wanted.filter((tool) => !scopes.includes(tool));
      if (lacking.length === 0) return undefined;
      // Leaves names out of the header that a scope cannot hold.
      const named = [...new Set([...scopes, ...lacking])].filter((tool) => /^[A-Za-z0-9_.:/-]{1,128}$/.test(tool));
      return challenge(
        403,
        "insufficient_scope",
        "The task was not granted this tool.",
        `scope="${named.join(" ")}", `,
      );
    },
  };
}

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
function neededTools(body: unknown): readonly string[] | undefined {
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
