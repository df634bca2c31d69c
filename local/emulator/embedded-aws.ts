import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type AccountAdmin, accountAdmin } from "./account-admin.ts";
import type { ApiCall } from "./api-call.ts";
import { type ChangeConsumer, ChangeFeeds } from "./change-feed.ts";
import { type DynamoChoice, dynamoBackends } from "./dynamodb/dynamo-backends.ts";
import { dynamoService } from "./dynamodb/dynamodb.ts";
import { removeExpired } from "./dynamodb/remove-expired.ts";
import { KeyCatalogue } from "./dynamodb/table-keys.ts";
import { createGate, type IamState, type SeenByIam } from "./gate.ts";
import type { PolicyDocument } from "./policy-document.ts";
import { type Role, Roles } from "./roles.ts";
import type { Service } from "./service.ts";
import { Buckets } from "./services/buckets.ts";
import { type BusEvent, Buses } from "./services/buses.ts";
import { EncryptionKeys } from "./services/encryption-keys.ts";
import { eventBridgeService } from "./services/eventbridge.ts";
import { iamService } from "./services/iam.ts";
import { kmsService } from "./services/kms.ts";
import { Queues } from "./services/queues.ts";
import { type InvokeRotation, Rotations } from "./services/rotations.ts";
import { s3Service } from "./services/s3.ts";
import { Secrets } from "./services/secrets.ts";
import { secretsManagerService } from "./services/secrets-manager.ts";
import { SigningKeys } from "./services/signing-keys.ts";
import { sqsService } from "./services/sqs.ts";
import { stsService } from "./services/sts.ts";
import { athenaService } from "./services/workloads/athena.ts";
import { ec2Service } from "./services/workloads/ec2.ts";
import { ecrService } from "./services/workloads/ecr.ts";
import { ecsService } from "./services/workloads/ecs.ts";
import { glueService } from "./services/workloads/glue.ts";
import { lambdaService } from "./services/workloads/lambda.ts";
import { logsService } from "./services/workloads/logs.ts";
import { ssmService } from "./services/workloads/ssm.ts";
import { AllWorkloads } from "./services/workloads/workloads.ts";
import { type Credentials, Sessions } from "./sessions.ts";
import type { Item } from "./table-change.ts";
import { Turns } from "./turns.ts";

export interface EmbeddedAwsOptions {
  /** Loopback port; 0 takes any free one. */
  readonly port: number;
  /** Clock of signatures, expiries, `aws:CurrentTime` and queues; epoch milliseconds. The real clock by default. */
  readonly now?: () => number;
  /** Gets every decision, before the call is done. Must not throw. */
  readonly onApiCall?: (call: ApiCall) => void;
  /**
   * Gets every written item, in order, one batch at a time; in place of the tables' streams. Several consumers do not
   * wait for one another, as the readers of a stream do not.
   */
  readonly onTableChange?: ChangeConsumer | readonly ChangeConsumer[];
  /** True for updates, by their keys, that `onTableChange` gets with the new image; none by default. */
  readonly isImaged?: (keys: Item) => boolean;
  /** Gets every event that was put on a bus, in order; in place of the rules. Must not throw. */
  readonly onBusEvent?: (event: BusEvent) => void;
  /** Invokes the function that rotates a secret. Without it, rotations begin and never advance. */
  readonly onRotation?: InvokeRotation;
  /** Changes the input of IAM's decisions, for tests of an AWS that behaves otherwise than the real one. */
  readonly iamSees?: (seen: SeenByIam) => SeenByIam;
  /** True for roles, by name, whose calls let all others go before: AWS has capacity for both. None by default. */
  readonly yields?: (role: string) => boolean;
  /** DynamoDB to use; by default the one of the environment (`chooseDynamo`). */
  readonly dynamodb?: DynamoChoice;
}

/** Policies of a role. */
export interface RolePolicies {
  readonly trust: PolicyDocument;
  readonly permissions: Readonly<Record<string, PolicyDocument>>;
  /** Text as it was put, by policy name. */
  readonly inline: Readonly<Record<string, string>>;
  readonly boundary?: PolicyDocument;
}

export interface EmbeddedAws {
  /** `http://127.0.0.1:port`: for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly region: string;
  /** Administrator's calls in an account. An account exists once it is named. */
  admin(account: string): AccountAdmin;
  /** Makes keys that do not expire, for a session of the role, as the Lambda service gives a function. */
  keysFor(roleArn: string, sessionName: string): Credentials;
  /** Lists the keys of all sessions so far, for a test that no one of them is anywhere else. */
  sessionKeys(): readonly Credentials[];
  rolePolicies(roleArn: string): RolePolicies;
  /** Delays the effect of later writes to inline policies, as AWS does; milliseconds, 0 by default, `Infinity` for never. */
  iamActsAfter(ms: number): void;
  /** Has IAM's own interface answer 503 from now on, or answer again. Its decisions go on, as in an outage of AWS's. */
  iamIsDown(isDown: boolean): void;
  /** Moves the clock by which IAM decides ahead of the others; milliseconds, 0 by default. */
  iamIsAhead(ms: number): void;
  /**
   * Removes the expired items of a table now, which DynamoDB's TTL does some time later.
   * @returns the number of items.
   */
  removeExpired(account: string, table: string, ttlAttribute: string): Promise<number>;
  /**
   * Puts an account into an organisational unit, by its path with a slash at its end. Undefined removes the account
   * from its organisation; accounts begin in none.
   */
  placeAccount(account: string, orgPath: string | undefined): void;
  /** Resolves when `onTableChange` has got every write that was answered so far. */
  changesDelivered(): Promise<void>;
  /** Resolves when every rotation that has begun has ended. */
  rotationsSettled(): Promise<void>;
  close(): Promise<void>;
}

const REGION = "us-east-1";

/** An AWS on loopback that enforces IAM for real. For development and tests only. */
export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const now = options.now ?? Date.now;
  const backends = dynamoBackends(options.dynamodb);
  const feed = new ChangeFeeds([options.onTableChange ?? []].flat());
  const [roles, sessions, buckets, secrets] = [new Roles(), new Sessions(), new Buckets(), new Secrets()];
  const rotations = new Rotations(now, options.onRotation);
  const buses = new Buses(options.onBusEvent);
  const workloads = new AllWorkloads();
  const [signingKeys, encryptionKeys] = [new SigningKeys(), new EncryptionKeys()];
  const catalogue = new KeyCatalogue(backends);
  const orgPaths = new Map<string, string>();
  let endpoint = "";
  let iamLagMs = 0;
  const iam: IamState = { isDown: false, aheadMs: 0 };
  const queues = new Queues(() => endpoint);
  const tablePolicies = new Map<string, PolicyDocument>();
  const services: Service[] = [
    stsService({ roles, sessions, now }),
    iamService(roles, () => ({ now: now(), actsAt: now() + iamLagMs })),
    dynamoService({
      backends,
      catalogue,
      feed,
      policies: tablePolicies,
      ...(options.isImaged ? { isImaged: options.isImaged } : {}),
    }),
    sqsService(queues, now),
    s3Service({ buckets, encryptionKeys, now }),
    secretsManagerService(secrets, now, rotations),
    eventBridgeService(buses, now),
    kmsService(signingKeys, encryptionKeys),
    athenaService(workloads, buckets, now),
    ...[glueService, ecrService, ecsService, lambdaService, logsService, ssmService, ec2Service].map((of) =>
      of(workloads),
    ),
  ];
  const server = createGate({
    services: new Map(services.map((service) => [service.name, service])),
    sessions,
    now,
    orgPaths,
    onApiCall: options.onApiCall ?? (() => undefined),
    iamSees: options.iamSees ?? ((seen) => seen),
    iam,
    turns: new Turns(),
    yields: ({ role }) => options.yields?.(role.name) ?? false,
  });
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const existing = (roleArn: string): Role => {
    const role = roles.find(roleArn);
    if (!role) throw new Error(`there is no role ${roleArn}: create it with admin(account).createRole`);
    return role;
  };
  return {
    endpoint,
    region: REGION,
    admin: (account) =>
      accountAdmin(account, {
        roles,
        buckets,
        queues,
        secrets,
        buses,
        signingKeys,
        encryptionKeys,
        backends,
        tablePolicies,
        workloads,
        region: REGION,
        now,
      }),
    sessionKeys: () => sessions.keys(),
    keysFor: (roleArn, sessionName) => {
      const role = existing(roleArn);
      const issuedAt = Math.floor(now() / 1000) * 1000;
      return sessions.issue(
        {
          role,
          name: sessionName,
          issuedAt,
          expiresAt: Number.POSITIVE_INFINITY,
          tags: new Map(Object.entries(role.tags)),
          transitiveTagKeys: new Set(),
        },
        now(),
      ).credentials;
    },
    rolePolicies: (roleArn) => {
      const role = existing(roleArn);
      return {
        trust: role.trust,
        permissions: role.permissions,
        inline: Object.fromEntries([...role.inline.written].map(([name, { text }]) => [name, text])),
        ...(role.boundary === undefined ? {} : { boundary: role.boundary }),
      };
    },
    iamActsAfter: (ms) => {
      iamLagMs = ms;
    },
    iamIsDown: (isDown) => {
      iam.isDown = isDown;
    },
    iamIsAhead: (ms) => {
      iam.aheadMs = ms;
    },
    removeExpired: (account, name, ttlAttribute) =>
      removeExpired({ account, name, ttlAttribute }, now() / 1_000, { backends, catalogue, feed }),
    placeAccount: (account, orgPath) => {
      if (orgPath === undefined) orgPaths.delete(account);
      else orgPaths.set(account, orgPath);
    },
    changesDelivered: () => feed.settled(),
    rotationsSettled: () => rotations.settled(),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
      await feed.settled();
      await backends.close();
    },
  };
}
