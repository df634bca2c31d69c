import { hash, randomBytes } from "node:crypto";
import { marshall } from "@aws-sdk/util-dynamodb";
import { type ConnectorNeeds, loadConnectors } from "../../functions/connectors/connectors.ts";
import type {
  GithubApp,
  GithubApps,
  InstallationRequest,
  InstallationToken,
} from "../../functions/connectors/github/github-apps.ts";
import type { OauthProvider, OauthProviders } from "../../functions/connectors/oauth/oauth-providers.ts";
import { ownSecrets } from "../../functions/connectors/own-secrets.ts";
import type { SealingPorts } from "../../functions/core/ports.ts";
import type { ConnectorLease } from "../../functions/core/tasks/connector-lease.ts";
import type { StreamEvent } from "../../functions/relay/changes.ts";
import { relay } from "../../functions/relay/relay.ts";
import { revokePendingBatch } from "../../functions/revoke-leases/revoke-pending-batch.ts";
import { sweep } from "../../functions/sweep/sweep.ts";
import { FakeBus } from "../fakes/observed/bus.ts";
import { FakeRevocationQueue } from "../fakes/revocation/revocation-queue.ts";
import { FakeDatabases } from "../fakes/secrets/databases.ts";
import { FakeSealer } from "../fakes/secrets/sealer.ts";
import type { FakeSecretLocks } from "../fakes/secrets/secret-locks.ts";
import { FakeSecrets } from "../fakes/secrets/secrets.ts";
import { FakeService } from "../fakes/world/service.ts";
import { ACCOUNT, DEPLOYMENT, type FakeWorld, fakeWorld } from "../fakes/world/world.ts";
import { withNoProviders } from "./no-providers.ts";
import { recordOf } from "./triggers.ts";

export const ORDERS = { type: "postgres", database: "orders", privileges: ["SELECT"], tables: ["public.orders"] };
export const API_KEY = { type: "secret", actions: ["read"], identifiers: ["demo/api-key"] };
export const REPORTS = {
  type: "aws",
  account: ACCOUNT,
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::acme-data/reports/*"],
};
export const CONTACTS = { type: "oauth", provider: "crm", scopes: ["contacts.read"] };
export const SITE = { type: "github", repositories: ["acme/site"], permissions: { contents: "read" } };
export const SECRET_VALUE = "canary-value-of-the-api-key";

const CRM: OauthProvider = {
  name: "crm",
  issuer: "https://crm.test",
  endpoints: "oauth2",
  clientId: "valetkey",
  authentication: { method: "client_secret_basic", clientSecret: "providers/crm" },
  grant: { type: "client_credentials" },
  scopes: ["contacts.read", "contacts.write"],
  resources: [],
  audiences: [],
  maxTokenSeconds: 3_600,
};

/** A provider that knows its live tokens. */
class FakeOauth implements OauthProviders {
  readonly live = new Set<string>();

  async ask(): ReturnType<OauthProviders["ask"]> {
    const token = `canary-token-${randomBytes(16).toString("hex")}`;
    this.live.add(token);
    return { token, tokenType: "bearer", expiresInSeconds: 3_600, others: [] };
  }

  async revoke(_: OauthProvider, token: string): Promise<void> {
    this.live.delete(token);
  }
}

const SITE_APP: GithubApp = {
  ...{ owner: "acme", appId: 1, installationId: 1, privateKey: "apps/acme", apiUrl: "https://api.github.test" },
  permissions: { contents: "write" },
};

/** A GitHub that knows its live tokens, which die by its clock. */
class FakeGithub implements GithubApps {
  readonly live = new Set<string>();
  before: (method: string) => void | Promise<void> = () => undefined;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  async ask(_: GithubApp, { permissions }: InstallationRequest): Promise<InstallationToken> {
    await this.before("ask");
    const token = `canary-token-${randomBytes(16).toString("hex")}`;
    this.live.add(token);
    return { token, expiresAt: this.#nowMs() / 1_000 + 3_600, permissions, repositories: ["acme/site"] };
  }

  async revoke(_: GithubApp, token: string): Promise<void> {
    await this.before("revoke");
    this.live.delete(token);
  }

  installation(): Promise<never> {
    return Promise.reject(new Error("asked"));
  }
}

const connectorsBy = await loadConnectors();

/** Verifier with one iteration: thousands of worlds issue logins, and the databases here compare no password. */
const quickVerifier = (password: string, salt: Uint8Array): string =>
  `SCRAM-SHA-256$1:${Buffer.from(salt).toString("base64")}$${hash("sha256", password + salt, "base64")}`;

/** A world whose connectors use fake providers, with the function that revokes their credentials. */
export class ConnectedWorld {
  readonly world: FakeWorld;
  readonly service: FakeService;
  /** Ports of the service. */
  readonly ports: FakeWorld["ports"];
  readonly databases = new FakeDatabases();
  readonly secrets = new FakeSecrets();
  readonly locks: FakeSecretLocks;
  readonly oauth = new FakeOauth();
  readonly github = new FakeGithub(() => this.world.ports.clock.nowMs());
  readonly #sealer = new FakeSealer();
  #streamed = 0;

  /** @param disturb wraps the service's ports and providers. */
  constructor(
    overrides: Partial<SealingPorts> = {},
    disturb: <T extends object>(name: string, port: T) => T = (_, port) => port,
  ) {
    const deployment = {
      ...DEPLOYMENT,
      databases: [
        { name: "orders", host: "127.0.0.1", port: 5432, database: "orders", adminSecret: "databases/orders" },
        { name: "billing", host: "127.0.0.1", port: 5432, database: "billing", adminSecret: "databases/billing" },
      ],
      oauthProviders: [CRM],
      githubApps: [SITE_APP],
    };
    this.world = fakeWorld({ deployment, ...overrides });
    this.locks = this.world.ports.locks;
    const { ports } = this.world;
    const connect = (through: <T extends object>(name: string, port: T) => T) =>
      connectorsBy(
        withNoProviders<ConnectorNeeds>({
          deployment,
          ownSecrets: ownSecrets(deployment),
          clock: ports.clock,
          random: { bytes: (count) => randomBytes(count) },
          databases: through("databases", this.databases),
          verifierOf: quickVerifier,
          secrets: through("secrets", this.secrets),
          locks: through("locks", this.locks),
          sealer: this.#sealer,
          oauth: through("oauth", this.oauth),
          github: through("github", this.github),
        }),
      );
    Object.assign(ports, { connectors: connect((_, port) => port) });
    this.ports = {
      ...ports,
      tasks: disturb("tasks", ports.tasks),
      agents: disturb("agents", ports.agents),
      sessions: disturb("sessions", ports.sessions),
      connectors: connect(disturb),
    };
    this.service = new FakeService(this.world, this.ports);
    this.secrets.add("demo/api-key", SECRET_VALUE, { exclusive: true });
    this.world.secrets.add(SECRET_VALUE);
  }

  ask(...details: readonly unknown[]) {
    return { authorization_details: JSON.stringify(details) };
  }

  get leaseRevocationQueue() {
    return this.world.ports.leaseRevocationQueue;
  }

  /** Logins, locks and pending revocations that remain at the providers and in the record. */
  remaining() {
    return {
      logins: [...this.databases.logins.keys()],
      held: [...this.locks.known.values()].filter(({ status }) => status === "held").map(({ name }) => name),
      pendingRevocations: [...this.world.ports.tasks.pendingRevocations.known.keys()],
    };
  }

  /** Relays the table's stream since the last call. */
  async relay(): Promise<void> {
    const { events, pendingRevocations } = this.world.ports.tasks;
    const records = [
      ...events.slice(this.#streamed).map(recordOf),
      ...pendingRevocations.plans.splice(0).map(({ eventName, lease }) => planRecord(eventName, lease)),
    ];
    this.#streamed = events.length;
    const ports = { ...this.world.ports, revocationQueue: new FakeRevocationQueue(), bus: new FakeBus() };
    await relay({ Records: records }, ports);
  }

  /** @returns the number of messages to retry. */
  async revokeLeases(
    messages = this.leaseRevocationQueue.sent.splice(0).map((lease) => JSON.stringify(lease)),
  ): Promise<number> {
    const of = {
      receiptHandle: "r",
      eventSourceARN: "arn:aws:sqs:us-east-1:999900001111:valetkey-lease-revocations.fifo",
    };
    const Records = messages.map((body, index) => ({ messageId: `m${index}`, body, ...of }));
    return (await this.#revokeLeases(Records)).length;
  }

  /** Hands out the visible messages of the deadline queue, once. @returns their number. */
  async deadlines(): Promise<number> {
    const { deadlines } = this.world.ports;
    const messages = deadlines.take();
    deadlines.done(messages, await this.#revokeLeases(messages));
    return messages.length;
  }

  async #revokeLeases(Records: Parameters<typeof revokePendingBatch>[0]["Records"]): Promise<readonly string[]> {
    const { tasks, connectors, clock, log, deadlines: dueMessages } = this.world.ports;
    const ports = { tasks, pendingRevocations: tasks.pendingRevocations, connectors, clock, log, dueMessages };
    const answer = await revokePendingBatch({ Records }, ports);
    return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  async sweep(): Promise<void> {
    const { ports } = this.world;
    await sweep({ ...ports, timers: ports.tasks, revocationQueue: new FakeRevocationQueue() });
  }
}

/** A planned lease as the table's stream delivers it. */
export const planRecord = (eventName: string, lease: ConnectorLease): StreamEvent["Records"][number] => ({
  eventName,
  dynamodb: {
    Keys: { pk: { S: "REVOCATION#0" }, sk: { S: `${lease.path}#${lease.name}` } },
    NewImage: marshall(
      { type: lease.type, until: lease.expiresAt, lease, confirmed: false },
      { removeUndefinedValues: true },
    ) as never,
  },
});
