/** Task that calls a tool server, as the hub describes its token. Has the form of the MCP SDK's `AuthInfo`, which handlers expect. */
export interface Access {
  /** SHA-256 of the token, so that logs can distinguish tokens. No handler gets the token itself, so that none can pass it on. */
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
    /** Person or agent for whom the task works. `act` names the agents that act, where they act for another. */
    readonly sub: string;
    readonly act?: unknown;
  };
}

/** Outcome of a look at a token: its access, `inactive` for one without any, or `unavailable` where the hub gives no clear answer. */
export type Looked = { readonly access: Access } | "inactive" | "unavailable";
