/** Task that calls a tool server: what the hub says of its token. In the form of the MCP SDK's `AuthInfo`, so that handlers find it as their own. */
export interface Access {
  /** Mark of the token, by which logs can tell tokens apart: its SHA-256. The token itself is given to no handler, so that none can pass it on. */
  readonly token: string;
  /** Registered id of the agent that acts. */
  readonly clientId: string;
  /** Tools of this server that the task may call. */
  readonly scopes: string[];
  /** Epoch seconds. */
  readonly expiresAt: number;
  readonly resource: URL;
  readonly extra: {
    /** Id of the task. */
    readonly task: string;
    /** Purpose in the agent's own words: show them as untrusted. */
    readonly purpose: string;
    /** Person or agent for whom the task works, and `act`, the agents that act, where it is another's. */
    readonly sub: string;
    readonly act?: unknown;
  };
}

/** Outcome of a look at a token: what it may do, that it may do nothing, or that nobody can say so now. */
export type Looked = { readonly access: Access } | "inactive" | "unavailable";
