import type { CreateTableCommandInput } from "@aws-sdk/client-dynamodb";
import type { DynamoBackends } from "./dynamodb/dynamo-backends.ts";
import { type PolicyDocument, policyFault, trustFault } from "./policy-document.ts";
import type { Role, RoleSpec, Roles } from "./roles.ts";
import { type Buckets, type StoredObject, storeObject } from "./services/buckets.ts";
import type { BusEvent, Buses, BusSpec } from "./services/buses.ts";
import type { EncryptionKey, EncryptionKeys } from "./services/encryption-keys.ts";
import type { Queues } from "./services/queues.ts";
import type { SecretSpec, Secrets } from "./services/secrets.ts";
import type { SigningKeys } from "./services/signing-keys.ts";
import type { QueueSpec } from "./services/sqs-queue.ts";
import type { AllWorkloads, Workloads } from "./services/workloads/workloads.ts";
import type { Item } from "./table-change.ts";

/** Set-up calls of an account's administrator; no signature is verified and no policy decides. */
export interface AccountAdmin {
  readonly account: string;
  /** The new role. Refuses policies that IAM would refuse. */
  createRole(spec: RoleSpec): Promise<Role>;
  /** Replaces a role's permissions, as a deployment does; they act at once. */
  replacePermissions(role: string, permissions: NonNullable<RoleSpec["permissions"]>): void;
  putBucket(name: string, options?: { readonly policy?: PolicyDocument }): void;
  putObject(bucket: string, key: string, body: string | Uint8Array): void;
  getObject(bucket: string, key: string): StoredObject | undefined;
  /** Keys of a bucket's objects, sorted. */
  objectKeys(bucket: string): readonly string[];
  createTable(input: CreateTableCommandInput, options?: { readonly policy?: PolicyDocument }): Promise<void>;
  /** Copies a table under another name, as a restore does: the current items, without stream records. */
  copyTable(from: string, to: string): Promise<void>;
  /** The new queue's URL. */
  createQueue(spec: QueueSpec): string;
  /** Sends a message to a queue of this account, as a service does for it. */
  sendMessage(queue: string, body: string): void;
  /** The new secret's ARN. */
  createSecret(spec: SecretSpec): string;
  createBus(spec: BusSpec): void;
  /** Creates a key that signs by Ed25519. @param alias `alias/name`. @returns the key's id. */
  createSigningKey(alias: string, policy: PolicyDocument): string;
  /** Creates a key by which S3 encrypts. @param alias `alias/name`. */
  createEncryptionKey(alias: string, policy: PolicyDocument): EncryptionKey;
  /** Lists the events that were put on a bus of this account, oldest first. */
  events(): readonly BusEvent[];
  /** State of the account's other services, which tests fill and read. */
  readonly workloads: Workloads;
}

export interface AdminPorts {
  readonly roles: Roles;
  readonly buckets: Buckets;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly buses: Buses;
  readonly signingKeys: SigningKeys;
  readonly encryptionKeys: EncryptionKeys;
  readonly workloads: AllWorkloads;
  readonly backends: DynamoBackends;
  /** Resource policies of tables, by the tables' ARNs. */
  readonly tablePolicies: Map<string, PolicyDocument>;
  readonly region: string;
  readonly now: () => number;
}

export function accountAdmin(account: string, ports: AdminPorts): AccountAdmin {
  const { roles, buckets, buses, queues, secrets, backends, region, now } = ports;
  const ownBucket = (name: string): ReturnType<Buckets["put"]> => {
    const bucket = buckets.find(name);
    if (bucket?.account !== account) throw new Error(`account ${account} has no bucket ${name}`);
    return bucket;
  };
  return {
    account,
    createRole: async (spec) => {
      const identityPolicies = {
        ...spec.permissions,
        ...spec.inline,
        ...(spec.boundary ? { boundary: spec.boundary } : {}),
      };
      for (const [name, policy] of Object.entries(identityPolicies)) {
        const fault = policyFault(policy);
        if (fault !== undefined) throw new Error(`policy ${name} of role ${spec.name} is not valid: ${fault}`);
      }
      const fault = trustFault(spec.trust);
      if (fault !== undefined) throw new Error(`the trust policy of role ${spec.name} is not valid: ${fault}`);
      return roles.create(account, spec, now());
    },
    replacePermissions: (name, permissions) => roles.replacePermissions(account, name, permissions),
    putBucket: (name, options) => {
      buckets.put(account, name, now(), options?.policy);
    },
    putObject: (bucket, key, body) => {
      storeObject(ownBucket(bucket), key, Buffer.from(body), {}, now());
    },
    getObject: (bucket, key) => ownBucket(bucket).objects.get(key),
    objectKeys: (bucket) => [...ownBucket(bucket).objects.keys()].sort(),
    createTable: async (input, options) => {
      const answer = await backends.send(account, "CreateTable", input, region);
      if (answer.status !== 200) throw new Error(`table ${input.TableName} was not created: ${answer.body}`);
      if (options?.policy)
        ports.tablePolicies.set(`arn:aws:dynamodb:${region}:${account}:table/${input.TableName}`, options.policy);
    },
    copyTable: async (from, to) => {
      const send = async (operation: string, input: object) => {
        const { status, body } = await backends.send(account, operation, input, region);
        if (status !== 200) throw new Error(`table ${from} was not copied: ${body}`);
        return JSON.parse(body);
      };
      const { KeySchema, AttributeDefinitions } = (await send("DescribeTable", { TableName: from })).Table;
      await send("CreateTable", { TableName: to, KeySchema, AttributeDefinitions, BillingMode: "PAY_PER_REQUEST" });
      for (
        let page: { Items?: Item[]; LastEvaluatedKey?: Item } = {}, isFirst = true;
        isFirst || page.LastEvaluatedKey;
      ) {
        isFirst = false;
        page = await send("Scan", { TableName: from, ExclusiveStartKey: page.LastEvaluatedKey });
        for (const Item of page.Items ?? []) await send("PutItem", { TableName: to, Item });
      }
    },
    createQueue: (spec) => queues.create(account, spec),
    sendMessage: (queue, body) => {
      const found = queues.find(account, queue);
      if (!found) throw new Error(`account ${account} has no queue ${queue}`);
      found.send({ body, attributes: undefined, senderId: "AWS" }, now());
    },
    createSecret: (spec) => secrets.create(account, region, spec, now()).arn,
    createBus: (spec) => buses.create(account, spec),
    createSigningKey: (alias, policy) => ports.signingKeys.create(account, alias, policy).id,
    createEncryptionKey: (alias, policy) => ports.encryptionKeys.create(account, region, alias, policy),
    workloads: ports.workloads.of(account),
    events: () => buses.events.filter((event) => event.busAccount === account),
  };
}
