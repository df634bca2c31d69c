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
