import type { OauthClient, RegisteredClient } from "../../core/connectors/oauth-clients.ts";
import { Refusal } from "../../core/refusal.ts";
import type { RotatingSecret } from "../../core/secrets/rotating-secret.ts";
import { objectIn } from "./login-in.ts";
import { type IssuedKind, type IssuedSwitch, type RotationNeeds, unfit } from "./rotation-kind.ts";

type Needs = Pick<RotationNeeds, "deployment" | "clients">;

/**
 * A client's secret at an OAuth provider, by RFC 7592: the provider chooses the next one, and the one before is dead then. So nothing is changed
 * before the very last step; and what was issued to a run that died is not lost, since the provider tells the secret that is in force to whoever
 * manages the client. Each run begins by asking for it.
 */
export const oauthClientSecret = (needs: Needs): IssuedKind => ({
  isIssued: true,
  rehearse: async (secret, current, pending) => {
    const registered = await read(clientOf(secret, needs), needs);
    secretIn(secret, current, needs);
    return pending === undefined || secretIn(secret, pending, needs) === registered.secret;
  },
  finish: (secret, current, change) => finish(secret, current, change, needs),
  mend: async (secret, current) => {
    const registered = await read(clientOf(secret, needs), needs);
    if (registered.secret !== secretIn(secret, current, needs)) throw unfit(ANOTHER);
  },
  // The one before died when this one was issued. What was issued for it, an access token, lives until its end.
  retire: async () => undefined,
});

const ANOTHER = "the provider has another secret for this client";
const UNKEPT = "the provider gave another registration access token: it has to keep the one that there is";

async function finish(secret: RotatingSecret, current: string, change: IssuedSwitch, needs: Needs): Promise<void> {
  const client = clientOf(secret, needs);
  const before = await read(client, needs);
  let issued = before;
  let pending = await change.pending();
  if (pending === undefined) {
    // Otherwise a run has died after it was issued another one: it is the one that works, and is taken up.
    if (before.secret === secretIn(secret, current, needs)) issued = await issueAnother(client, before, needs);
    const text = withSecret(secret, current, issued.secret);
    pending = await persistently(() => change.put(text));
  }
  // Two runs at once have one pending version, and the second cannot change its value.
  const now = issued.isTokenKept ? await persistently(() => needs.clients.read(client)) : issued;
  if (secretIn(secret, pending, needs) !== now.secret) throw unfit(ANOTHER);
  await persistently(change.makeCurrent);
  if (!issued.isTokenKept) throw unfit(UNKEPT);
}

/** The provider has issued another secret. Where its answer was lost, it is asked what it has. */
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

/** The reviewed configuration says whose secret this is and where: who tags a secret must not be able to have another client's written into it. */
function clientOf({ name }: RotatingSecret, { deployment }: Needs): OauthClient {
  const client = deployment.oauthClients?.find(({ secret }) => secret === name);
  if (!client) throw unfit("no client of valetkey.json has this secret");
  return client;
}

const FIELD = "client_secret";

/** The text itself, or the field of a JSON object, which may name the client too. */
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

/** The rest of it stays. */
function withSecret({ field = FIELD }: RotatingSecret, text: string, value: string): string {
  const fields = objectIn(text);
  return fields ? JSON.stringify({ ...fields, [field]: value }) : value;
}

const TRIES = 3;

/** Between the issue and AWSCURRENT nobody can log in, so a call that is lost is made again at once. What may be said again is all that is done so. */
async function persistently<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await call();
    } catch (error) {
      if (tries === TRIES || !(error instanceof Refusal && error.isOutage)) throw error;
    }
  }
}
