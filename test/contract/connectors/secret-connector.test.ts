import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DynamoSecretLocks } from "../../../functions/adapters/dynamodb/leases/dynamo-secret-locks.ts";
import { sdkTable } from "../../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { SecretsManager } from "../../../functions/adapters/secrets-manager/secrets-manager.ts";
import { ownSecrets } from "../../../functions/connectors/own-secrets.ts";
import { secretConnector } from "../../../functions/connectors/secret/secret-connector.ts";
import { readSecretStatement } from "../../../functions/connectors/secret/secret-statement.ts";
import type { IssuedCredential } from "../../../functions/core/connectors/connector.ts";
import { Refusal } from "../../../functions/core/refusal.ts";
import { holderOf, type SecretLocks, type SecretState } from "../../../functions/core/secrets/secret-lock.ts";
import type { ConnectorLease } from "../../../functions/core/tasks/connector-lease.ts";
import type { LeaseTerms } from "../../../functions/core/tasks/lease-deadline.ts";
import { SECRET_TAGS } from "../../../functions/names.ts";
import { type LocalAccounts, startAccounts } from "../../../local/cloud/local-accounts.ts";
import { FakeSecretLocks } from "../../fakes/secrets/secret-locks.ts";
import { FakeSecrets } from "../../fakes/secrets/secrets.ts";
import { connectorContract, planFor, TERMS, type TestedConnector } from "./connector.contract.ts";
import { type FaultyWire, faultyWire } from "./faulty-wire.ts";

type Values = readonly { readonly name: string; readonly value?: string; readonly arn?: string }[];
const valuesIn = ({ secrets }: IssuedCredential["credential"]) => secrets as Values;
const textOf = (name: string) => `canary-value-of-${name}`;
const KEYS = Array.from({ length: 20 }, (_, index) => `reports/key-${index}`);
const DATABASES = [{ name: "orders", host: "db", port: 5432, database: "orders", adminSecret: "databases/orders" }];
const nowSeconds = () => Math.floor(Date.now() / 1_000);

/** Parts that both worlds have in common. */
function shared(locks: Pick<SecretLocks, "states">) {
  let count = 0;
  return {
    asked: () => {
      count += 1;
      return { type: "secret", actions: ["read"], identifiers: [KEYS[count % KEYS.length] ?? ""] };
    },
    nowSeconds,
    works: async (credential: IssuedCredential["credential"]) =>
      valuesIn(credential).every(({ name, value }) => value === textOf(name)),
    // The value's use is its issuer's affair. No other value may come with it.
    doesBeside: async (credential: IssuedCredential["credential"]) =>
      valuesIn(credential)
        .slice(1)
        .map(({ name }) => name),
    dies: false,
    remains: async (lease: ConnectorLease) => (await locks.states()).some(({ holder }) => holder === holderOf(lease)),
    secretsIn: (credential: IssuedCredential["credential"]) => valuesIn(credential).flatMap(({ value }) => value ?? []),
  };
}

/** A world with its record of locks behind the wire, and access to that record that is never cut. */
interface World {
  readonly tested: TestedConnector;
  readonly readers: SecretLocks["readers"];
  states(): Promise<readonly SecretState[]>;
}

let accounts: LocalAccounts;
let wire: FaultyWire;
let tableWire: FaultyWire;
beforeAll(async () => {
  accounts = await startAccounts();
  const port = Number(new URL(accounts.aws.endpoint).port);
  [wire, tableWire] = await Promise.all([faultyWire(port), faultyWire(port)]);
  const hub = accounts.aws.admin(accounts.scope.account);
  const tags = (more: Readonly<Record<string, string>> = {}) => ({ [SECRET_TAGS.managed]: "true", ...more });
  for (const name of KEYS)
    hub.createSecret({ name, value: textOf(name), tags: tags({ [SECRET_TAGS.exclusive]: "true" }) });
  hub.createSecret({ name: "shared", value: textOf("shared"), tags: tags() });
  hub.createSecret({ name: "own", value: textOf("own"), tags: tags({ [SECRET_TAGS.delivery]: "session" }) });
  hub.createSecret({ name: "untagged", value: textOf("untagged") });
  hub.createSecret({ name: "databases/orders", value: "{}", tags: tags() });
});
afterAll(async () => {
  await Promise.all([wire.close(), tableWire.close()]);
  await accounts.close();
});

function inMemory(): World {
  const [secrets, locks] = [new FakeSecrets(), new FakeSecretLocks(Date.now)];
  for (const name of KEYS) secrets.add(name, textOf(name), { exclusive: true });
  secrets.add("shared", textOf("shared"));
  secrets.add("own", textOf("own"), { delivery: "session" });
  const ports = { ownSecrets: ownSecrets({ databases: DATABASES }), clock: { nowMs: Date.now }, secrets, locks };
  // Reads past the fake's fault.
  const states = async () => [...locks.known.values()];
  const tested: TestedConnector = {
    ...shared({ states }),
    connector: secretConnector(ports),
    forget: async ({ made }) => void locks.known.delete(String((made.secrets as readonly string[])[0])),
    provider: (state) => {
      const fail = () => {
        if (state !== "well") throw new Refusal("connector_unavailable");
      };
      secrets.before = fail;
      locks.before = fail;
    },
    boundMs: 1_000,
    traces: async () => JSON.stringify([...locks.known]),
  };
  return { tested, states, readers: (...given) => locks.readers(...given) };
}

async function inAws(): Promise<World> {
  accounts.become("tester");
  const direct = new DynamoSecretLocks(sdkTable(accounts.scope.tableName), Date.now);
  // A client looks its endpoint up when it is first used.
  await direct.states();
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = `http://127.0.0.1:${wire.port}`;
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${tableWire.port}`;
  const secrets = new SecretsManager({});
  // A client with a short timeout, for calls that wait in vain.
  const hasty = new SecretsManager({}, 300);
  const locks = new DynamoSecretLocks(sdkTable(accounts.scope.tableName), Date.now);
  await Promise.all([secrets.find("nothing-there"), hasty.find("nothing-there"), locks.states()]);
  delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
  const ports = { ownSecrets: ownSecrets({ databases: DATABASES }), clock: { nowMs: Date.now }, locks };
  let isSlow = false;
  const tested: TestedConnector = {
    ...shared(direct),
    get connector() {
      return secretConnector({ ...ports, secrets: isSlow ? hasty : secrets });
    },
    forget: async (lease) => direct.release(lease.made.secrets as readonly string[], holderOf(lease), nowSeconds()),
    provider: (state) => {
      isSlow = state === "slow";
      wire.become(state);
      // The table's adapter has a timeout of its own, a long one.
      tableWire.become(state === "slow" ? "cut" : state);
    },
    boundMs: 3_000,
    traces: async () => JSON.stringify(await direct.states()),
  };
  return { tested, states: () => direct.states(), readers: (...given) => direct.readers(...given) };
}

describe.each([
  ["the secret connector, in memory", inMemory],
  ["the secret connector, on Secrets Manager and DynamoDB", inAws],
])("%s", (_, start) => {
  let world: World;
  let tested: TestedConnector;
  beforeAll(async () => {
    world = await start();
    tested = world.tested;
  });

  connectorContract(() => tested);

  const ROTATES: LeaseTerms = { ...TERMS, obligations: { ...TERMS.obligations, rotateAfterUse: true } };
  const detail = (...identifiers: string[]) => ({ type: "secret", actions: ["read"], identifiers });
  const issue = (terms: LeaseTerms, ...names: string[]) =>
    tested.connector.issue(planFor(tested, terms, detail(...names)));
  const stateOf = async (name: string) => (await world.states()).find((state) => state.name === name);

  it("leases an exclusive secret to one task: the next gets a time to retry", async () => {
    const first = await issue(TERMS, "reports/key-0", "reports/key-1");
    await expect(issue(TERMS, "reports/key-2", "reports/key-1")).rejects.toMatchObject({
      code: "secret_held",
      status: 409,
      detail: { say: expect.stringMatching(/reports\/key-1/), retryAfterSeconds: expect.any(Number) },
    });
    // All or none: the free secret is not locked either.
    expect((await stateOf("reports/key-2"))?.holder).toBeUndefined();
    expect(await tested.connector.revoke(first.lease)).toBe("revoked");
    const next = await issue(TERMS, "reports/key-1");
    expect(await tested.connector.revoke(next.lease)).toBe("revoked");
  });

  it("leases a shared secret to many, and locks nothing for them", async () => {
    const both = await Promise.all([issue(TERMS, "shared"), issue(TERMS, "shared")]);
    expect(both.map(({ credential }) => valuesIn(credential))).toMatchObject([
      [{ value: textOf("shared") }],
      [{ value: textOf("shared") }],
    ]);
    expect(await stateOf("shared")).toBeUndefined();
  });

  it("records for each value who got it, once for each lease", async () => {
    const planned = planFor(tested, TERMS, detail("shared"));
    const { lease, credential } = await tested.connector.issue(planned);
    await tested.connector.issue(planned);
    const [{ version = "" } = {}] = credential.secrets as readonly { readonly version?: string }[];
    const holders = (await world.readers("shared", version)).map(({ holder }) => holder);
    expect(holders.filter((holder) => holder === holderOf(lease))).toHaveLength(1);
  });

  it("leases a secret that is rotated after use to one task at a time, and to nobody until it was rotated", async () => {
    const { lease } = await issue(ROTATES, "shared");
    await expect(issue(ROTATES, "shared")).rejects.toMatchObject({ code: "secret_held" });
    const before = nowSeconds();
    expect(await tested.connector.revoke(lease)).toBe("revoked");
    const state = await stateOf("shared");
    expect(state).toMatchObject({
      status: "pending_rotation",
      rotates: true,
      arn: expect.stringMatching(/:secret:shared-/),
    });
    // The secret was delivered by value: no session can read it again, so the rotation need not wait.
    expect(state?.rotateAfter).toBeGreaterThanOrEqual(before);
    expect(state?.rotateAfter).toBeLessThanOrEqual(nowSeconds());
    await expect(issue(ROTATES, "shared")).rejects.toMatchObject({ code: "secret_held" });
    expect(await tested.connector.revoke(lease)).toBe("revoked");
  });

  it("leaves a secret unrotated that a session can still read, and one whose delivery it does not know", async () => {
    const { lease, credential } = await issue(ROTATES, "own");
    expect(valuesIn(credential)).toEqual([{ name: "own", arn: expect.stringMatching(/:secret:own-\w{6}$/) }]);
    expect(lease.made.session_arns).toEqual([valuesIn(credential)[0]?.arn]);
    expect(await tested.connector.revoke(lease)).toBe("revoked");
    expect((await stateOf("own"))?.rotateAfter).toBe(lease.expiresAt);
    const planned = planFor(tested, ROTATES, detail("reports/key-3"));
    await tested.connector.issue(planned);
    expect(await tested.connector.revoke(planned.lease)).toBe("revoked");
    expect((await stateOf("reports/key-3"))?.rotateAfter).toBe(planned.lease.expiresAt);
  });

  it.each([
    ["no secret", "nothing-there"],
    ["a secret without our tag", "untagged"],
  ])("hands out %s, and treats both alike", async (_case, name) => {
    await expect(issue(TERMS, "reports/key-5", name)).rejects.toMatchObject({
      code: "intent_invalid",
      detail: { say: "authorization_details[0].identifiers[1] is not a secret that this deployment hands out." },
    });
    expect((await stateOf("reports/key-5"))?.holder).toBeUndefined();
  });

  it.each([
    ["the administrator's login of a database, though it carries our tag", "databases/orders"],
    ["the key that seals", "valetkey/sealing-key"],
    ["an ARN", "arn:aws:secretsmanager:us-east-1:999900001111:secret:reports/key-0-a1B2c3"],
    ["a pattern", "reports/*"],
  ])("refuses an intent for %s", (_case, name) => {
    expect(() => planFor(tested, TERMS, detail(name))).toThrow(
      expect.objectContaining({
        detail: { say: expect.stringMatching(/^authorization_details\[0\]\.identifiers\[0\] /) },
      }),
    );
  });
});

describe("the statement by which a task's own session reads a secret", () => {
  it("lets the session read the current value of exactly that secret", async () => {
    accounts.become("tester");
    const target = accounts.aws.admin("111122223333");
    const arn = target.createSecret({ name: "theirs", value: "current" });
    const other = target.createSecret({ name: "theirs-too", value: "other" });
    accounts.become("exchange");
    const { Credentials: keys } = await new STSClient({}).send(
      new AssumeRoleCommand({
        RoleArn: "arn:aws:iam::111122223333:role/valetkey-task-0",
        RoleSessionName: "k7f3m2q9x4ab.",
        SourceIdentity: "demo",
        Policy: JSON.stringify({ Version: "2012-10-17", Statement: [readSecretStatement([arn])] }),
        Tags: [
          { Key: "valetkey:agent", Value: "demo" },
          { Key: "valetkey:task", Value: "k7f3m2q9x4ab." },
        ],
        TransitiveTagKeys: ["valetkey:agent", "valetkey:task"],
      }),
    );
    const client = new SecretsManagerClient({
      endpoint: accounts.aws.endpoint,
      credentials: {
        accessKeyId: keys?.AccessKeyId ?? "",
        secretAccessKey: keys?.SecretAccessKey ?? "",
        sessionToken: keys?.SessionToken ?? "",
      },
    });
    const read = (SecretId: string, more: object = {}) =>
      client.send(new GetSecretValueCommand({ SecretId, ...more })).then(
        ({ SecretString }) => SecretString,
        (error: Error) => error.name,
      );
    const version = (await client.send(new GetSecretValueCommand({ SecretId: arn }))).VersionId;
    expect(await read(arn)).toBe("current");
    expect(await read(other)).toBe("AccessDeniedException");
    expect(await read(arn, { VersionStage: "AWSPREVIOUS" })).toBe("AccessDeniedException");
    expect(await read(arn, { VersionStage: "AWSPENDING" })).toBe("AccessDeniedException");
    expect(await read(arn, { VersionId: version })).toBe("AccessDeniedException");
  });
});
