/** Tool server (an MCP server, say) for which an agent can get a token by its own token alone (RFC 7523). */
export interface ToolServer {
  /** Registered id of the tool server's agent, with which it introspects. */
  readonly id: string;
  /** Address of the server, as a client names it in `resource` (RFC 8707). */
  readonly resource: string;
}

/**
 * Finds the tool server of an address; undefined for every other text. Compares the addresses as parsed, so that two spellings of one address are one:
 * a client may write the slash of an empty path, or leave it out.
 */
export function toolServerAt(servers: readonly ToolServer[], resource: string): ToolServer | undefined {
  const wanted = URL.parse(resource)?.href;
  return wanted === undefined ? undefined : servers.find((each) => URL.parse(each.resource)?.href === wanted);
}
