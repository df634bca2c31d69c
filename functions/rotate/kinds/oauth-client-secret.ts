import type { RegisteredClient } from "../../core/connectors/oauth-clients.ts";
import type { OauthClient } from "../../core/deployment/oauth-client.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import type { IssuedKind, IssuedPromotion } from "./issued.ts";
import { objectIn } from "./login-in.ts";
import { type RotationNeeds, unfit } from "./rotation-kind.ts";

type Needs = Pick<RotationNeeds, "deployment" | "clients">;

/**
 * Makes the kind that rotates a client's secret at an OAuth provider (RFC 7592). The provider chooses the next secret, and the previous one stops working at
 * that moment, so nothing changes before the last step. A secret that was issued to a run that died is not lost. Each run begins by reading the current secret
 * from the provider.
 */
export const oauthClientSecret = (needs: Needs): IssuedKind => ({
  rehearse: async (secret, current, pending) => {
    const registered = await read(clientOf(secret, needs), needs);
    secretIn(secret, current, needs);
    return pending === undefined || secretIn(secret, pending, needs) === registered.secret;
  },
  finish: (secret, current, promotion) => finish(secret, current, promotion, needs),
  mend: async (secret, current) => {
    const registered = await read(clientOf(secret, needs), needs);
    if (registered.secret !== secretIn(secret, current, needs)) throw unfit(ANOTHER);
  },
  // The previous secret died when the current one was issued. Access tokens that were issued for it live until they expire.
  retire: async () => undefined,
});

const ANOTHER = "the provider has another secret for this client";
const UNKEPT = "the provider gave another registration access token: it has to keep the one that there is";

async function finish(
  secret: RotatingSecret,
  current: string,
  promotion: IssuedPromotion,
  needs: Needs,
): Promise<void> {
  const client = clientOf(secret, needs);
  const before = await read(client, needs);
  let issued = before;
  let pending = await promotion.pending();
  if (pending === undefined) {
    // If they differ, an earlier run died after the provider had issued another secret, which is adopted here.
    if (before.secret === secretIn(secret, current, needs)) issued = await issueAnother(client, before, needs);
    const text = withSecret(secret, current, issued.secret);
    pending = await persistently(() => promotion.put(text));
  }
  // Two concurrent runs share one pending version, and the second cannot change its value.
  const now = issued.isTokenKept ? await persistently(() => needs.clients.read(client)) : issued;
  if (secretIn(secret, pending, needs) !== now.secret) throw unfit(ANOTHER);
  await persistently(promotion.promote);
  if (!issued.isTokenKept) throw unfit(UNKEPT);
}

/** Requests another secret from the provider. Reads the client where the answer was lost. @throws {Refusal} where the secret did not change. */
async function issueAnother(client: OauthClient, before: RegisteredClient, needs: Needs): Promise<RegisteredClient> {
  const isAnother = (registered: RegisteredClient) => registered.secret !== before.secret;
  try {
    const answered = await needs.clients.update(client, before);
    if (isAnother(answered)) return answered;
  } catch (error) {
    const found = await persistently(() => needs.clients.read(client)).catch(() => before);
    if (isAnother(found)) return found;
    throw error;
  }
  throw unfit("the provider issues no other secret with an update");
}

async function read(client: OauthClient, { clients }: Needs): Promise<RegisteredClient> {
  const registered = await clients.read(client);
  if (!registered.isTokenKept) throw unfit(UNKEPT);
  return registered;
}

/**
 * Finds the client of a secret in the reviewed configuration. A tag is not used: a person who tags a secret could have another client's secret written into
 * it.
 * @throws {Refusal} connector_refused where no client has the secret.
 */
function clientOf({ name }: RotatingSecret, { deployment }: Needs): OauthClient {
  const client = deployment.oauthClients?.find(({ secret }) => secret === name);
  if (!client) throw unfit("no client of valetkey.json has this secret");
  return client;
}

const FIELD = "client_secret";

/** Reads the client's secret: the whole text, or the field of a JSON object. @throws {Refusal} where the object names another client. */
function secretIn(secret: RotatingSecret, text: string, needs: Needs): string {
  const fields = objectIn(text);
  if (!fields) return text;
  const { clientId } = clientOf(secret, needs);
  if (fields.client_id !== undefined && fields.client_id !== clientId) throw unfit("the value is another client's");
  const value = fields[secret.field ?? FIELD];
  if (typeof value !== "string")
    throw unfit("the JSON has no text under valetkey:field (client_secret, unless the tag says otherwise)");
  return value;
}

/** Returns the text with another value of the client's secret, and all other fields unchanged. */
function withSecret({ field = FIELD }: RotatingSecret, text: string, value: string): string {
  const fields = objectIn(text);
  return fields ? JSON.stringify({ ...fields, [field]: value }) : value;
}

const TRIES = 3;

/** Repeats a call at once after an outage, since nobody can log in between the issue and AWSCURRENT. Only for calls that are safe to repeat. */
async function persistently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === TRIES || !(error instanceof Refusal && error.isOutage)) throw error;
    }
  }
}
