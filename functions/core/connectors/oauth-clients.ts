import type { OauthClient } from "../deployment/oauth-client.ts";

/** Client as the provider returns it: its secret and metadata, without the fields of its registration. */
export interface RegisteredClient {
  readonly secret: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** True where the registration access token stays valid. Otherwise a lost response makes the client unmanageable. */
  readonly isTokenKept: boolean;
}

/**
 * Client configuration management (RFC 7592). Each call has a time limit.
 * @throws {Refusal} connector_unavailable, connector_refused; `why` never quotes the provider.
 */
export interface OauthClients {
  /** Reads the client (section 2.1). */
  read(client: OauthClient): Promise<RegisteredClient>;
  /**
   * Updates the client without a change (section 2.2), upon which some providers issue another secret, and returns the result. Succeeds only while
   * `registered.secret` is current: of two updates at once, both get one secret or the second is refused.
   */
  update(client: OauthClient, registered: RegisteredClient): Promise<RegisteredClient>;
}
