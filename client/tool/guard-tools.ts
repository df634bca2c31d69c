import { checksOf, type GuardOptions } from "./checks.ts";
import { guardHono, type HonoGuard } from "./guard-hono.ts";
import { guardNode, type NodeGuard } from "./guard-node.ts";

/** Guard of a tool server, as a middleware. */
export interface ToolGuard {
  /** For node:http, and Express: `createServer((req, res) => guard.node(req, res, () => handle(req, res)))`, `app.use(guard.node)`. */
  readonly node: NodeGuard;
  /** For Hono: `app.use(guard.hono)`. */
  readonly hono: HonoGuard;
}

/**
 * Guards a tool server: publishes its metadata (RFC 9728) and passes only requests with a live task's token for this server (RFC 6750, RFC 7662). Such a
 * request may need only granted tools. The hub's answer counts for 4 seconds. Where the hub does not answer, no request passes.
 * @throws {ClientError} usage, identity.
 */
export function guardTools(options: GuardOptions): ToolGuard {
  const checks = checksOf(options);
  return { node: guardNode(checks), hono: guardHono(checks) };
}
