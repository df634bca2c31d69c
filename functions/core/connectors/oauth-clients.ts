/** Client at an OAuth provider whose secret valetkey rotates: an entry of `oauthClients` in `valetkey.json`. */
export interface OauthClient {
  /** Name of the client's secret. Only this entry assigns the secret to the client; its tags and value cannot. */
  readonly secret: string;
  /** Client id at the provider. */
  readonly clientId: string;
  /** `registration_client_uri` (RFC 7592, section 1.3.1), at which the client is read and updated. */
  readonly configurationUrl: string;
  /** Name of the secret with the registration access token: never leased, and read only by the rotating function. */
  readonly registrationToken: string;
}

/** Client as the provider returns it: its secret and metadata, without the fields of its registration. */
export interface RegisteredClient {
  readonly secret: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** True where the registration access token stays valid. Where it does not, a lost answer makes the client unmanageable. */
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
