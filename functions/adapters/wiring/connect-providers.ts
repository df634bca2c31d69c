import { randomBytes } from "node:crypto";
import type { ConnectorNeeds } from "../../connectors/connectors.ts";
import { ownSecrets } from "../../connectors/own-secrets.ts";
import type { Databases } from "../../connectors/postgres/databases.ts";
import type { Deployment } from "../../core/deployment/deployment.ts";
import type { Secrets } from "../../core/secrets/managed-secret.ts";
import { sealingSecret } from "../../hub-names.ts";
import { DynamoSecretLocks } from "../dynamodb/leases/dynamo-secret-locks.ts";
import type { DynamoTable } from "../dynamodb/table/dynamo-table.ts";
import { SecretSealer } from "../secrets-manager/secret-sealer.ts";

/** Makes the ports of connectors. Clients are loaded at their first use, since most requests need none. */
export function connectProviders(deployment: Deployment, table: DynamoTable, nowMs: () => number): ConnectorNeeds {
  const manager = once(
    async () => new (await import("../secrets-manager/secrets-manager.ts")).SecretsManager(deployment),
  );
  const readOwn = async (name: string) => (await (await manager()).own(name)).text;
  const server = once(async () => {
    const { PgDatabases } = await import("../postgres/pg-databases.ts");
    return new PgDatabases(readOwn);
  });
  const providers = once(async () => {
    const { Oauth4webapiProviders } = await import("../oauth/oauth4webapi-providers.ts");
    return new Oauth4webapiProviders(readOwn, nowMs);
  });
  const apps = once(async () => {
    const { RestGithubApps } = await import("../github/rest-github-apps.ts");
    return new RestGithubApps(readOwn, nowMs);
  });
  const secrets: Secrets = {
    find: async (name) => (await manager()).find(name),
    read: async (secret) => (await manager()).read(secret),
  };
  const databases: Databases = { session: async (database, work) => (await server()).session(database, work) };
  return {
    deployment,
    ownSecrets: ownSecrets(deployment),
    clock: { nowMs },
    random: { bytes: (count) => randomBytes(count) },
    secrets,
    databases,
    locks: new DynamoSecretLocks(table, nowMs),
    sealer: new SecretSealer(async (version) => (await manager()).own(sealingSecret(deployment), version), nowMs),
    oauth: {
      ask: async (...input) => (await providers()).ask(...input),
      revoke: async (...input) => (await providers()).revoke(...input),
    },
    github: {
      ask: async (...input) => (await apps()).ask(...input),
      revoke: async (...input) => (await apps()).revoke(...input),
      installation: async (...input) => (await apps()).installation(...input),
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
