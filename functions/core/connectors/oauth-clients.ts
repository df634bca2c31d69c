/** A client of valetkey's owner at an OAuth provider, whose secret is rotated: an entry of `oauthClients` in `valetkey.json`. */
export interface OauthClient {
  /** The secret, by name: it is this client's and no other's, whatever its tags and its value say. */
  readonly secret: string;
  /** How the provider knows it. */
  readonly clientId: string;
  /** `registration_client_uri` (RFC 7592, section 1.3.1): where it is read and updated. */
  readonly configurationUrl: string;
  /** The secret with the registration access token. Leased to nobody, and read by the function that rotates alone. */
  readonly registrationToken: string;
}

/** What the provider says of a client: with its secret, without what belongs to its registration. */
export interface RegisteredClient {
  readonly secret: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The registration access token is still good. Where it is not, an answer that is lost takes the client with it. */
  readonly isTokenKept: boolean;
}

/** Client configuration management, RFC 7592. Each call is bounded. @throws {Refusal} connector_unavailable, connector_refused; `why` never quotes. */
export interface OauthClients {
  /** As the provider has it now (section 2.1). */
  read(client: OauthClient): Promise<RegisteredClient>;
  /**
   * As the provider has it after an update that changes nothing (section 2.2), which is where providers that do so issue another secret. Only while
   * `registered.secret` is the one in force: two updates at once issue one secret, or the second is refused.
   */
  update(client: OauthClient, registered: RegisteredClient): Promise<RegisteredClient>;
}
