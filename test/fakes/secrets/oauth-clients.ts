import { randomBytes } from "node:crypto";
import type { OauthClients, RegisteredClient } from "../../../functions/core/connectors/oauth-clients.ts";
import type { OauthClient } from "../../../functions/core/deployment/oauth-client.ts";
import { Refusal } from "../../../functions/core/refusal.ts";

/**
 * Fake OAuth provider with one client. Each update (RFC 7592) issues another secret, as oidc-provider does under such a
 * policy.
 */
export class FakeOauthClients implements OauthClients {
  secret: string;
  /** Every secret of the client so far, the latest last. */
  readonly issued: string[] = [];
  isTokenKept = true;
  /** True where an update issues another secret. */
  issues = true;

  constructor(secret: string) {
    this.secret = secret;
  }

  async read(_client: OauthClient): Promise<RegisteredClient> {
    return { secret: this.secret, metadata: { client_name: "app" }, isTokenKept: this.isTokenKept };
  }

  async update(client: OauthClient, registered: RegisteredClient): Promise<RegisteredClient> {
    if (registered.secret !== this.secret) throw new Refusal("connector_refused", { why: "status 400" });
    if (this.issues) {
      this.secret = `canary-${randomBytes(16).toString("hex")}`;
      this.issued.push(this.secret);
    }
    return this.read(client);
  }
}
