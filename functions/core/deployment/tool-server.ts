import type { AgentId } from "../../../contract/agent-id.ts";
import type { MarkedEntry } from "./connector-type.ts";

/** Tool server, such as an MCP server, for which an agent can get a token with only its own token (RFC 7523). */
export interface ToolServer extends MarkedEntry {
  /** Registered id of the tool server's agent, with which it introspects. */
  readonly id: AgentId;
  /** Address of the server, as a client names it in `resource` (RFC 8707). */
  readonly resource: string;
}

/**
 * Finds the tool server of an address; undefined for every other text. Compares parsed addresses: a client may write or
 * omit the slash of an empty path.
 */
export function toolServerAt(servers: readonly ToolServer[], resource: string): ToolServer | undefined {
  const wanted = URL.parse(resource)?.href;
  return wanted === undefined ? undefined : servers.find((each) => URL.parse(each.resource)?.href === wanted);
}
