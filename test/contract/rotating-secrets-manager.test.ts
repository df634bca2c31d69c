import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RotatingSecretsManager } from "../../functions/adapters/secrets-manager/rotating-secrets-manager.ts";
import { SecretsManagerInventory } from "../../functions/adapters/secrets-manager/secrets-manager-inventory.ts";
import type { RotatingSecret, RotatingSecrets } from "../../functions/core/secrets/rotating-secret.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeRotatingSecrets } from "../fakes/secrets/rotating-secrets.ts";

const LAMBDA = "arn:aws:lambda:us-east-1:999900001111:function:valetkey-rotate";
const TOKEN = "0".repeat(64);
const OTHER = "1".repeat(64);

let accounts: LocalAccounts;
beforeAll(async () => {
  // The invoked function does nothing: the test runs each step itself.
  accounts = await startAccounts(Date.now, async () => {
    throw new Error("not now");
  });
});
afterAll(() => accounts.close());

const TAGS = { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated", [SECRET_TAGS.generate]: "hex/32" };

function inAws(): { readonly rotating: RotatingSecrets; readonly create: (name: string) => void } {
  accounts.become("rotate");
  const admin = accounts.aws.admin(accounts.scope.account);
  return {
    rotating: new RotatingSecretsManager({}),
    create: (name) => void admin.createSecret({ name, value: "first", tags: TAGS, rotationLambda: LAMBDA }),
  };
}

function inMemory(): ReturnType<typeof inAws> {
  const rotating = new FakeRotatingSecrets(() => Date.now() / 1_000);
  return { rotating, create: (name) => rotating.add({ name, kind: "generated", generate: "hex/32" }, "first") };
}

describe.each([
  ["Secrets Manager in memory", inMemory],
  ["Secrets Manager, with the rights of rotate", inAws],
])("%s", (_, start) => {
  let world: ReturnType<typeof start>;
  beforeAll(() => {
    world = start();
  });

  async function begun(): Promise<RotatingSecret> {
    const name = `rotating/${randomUUID()}`;
    world.create(name);
    const secret = await described(name);
    expect(await world.rotating.start(secret, TOKEN)).toBe("begun");
    return described(name);
  }
  const described = async (name: string): Promise<RotatingSecret> => {
    const secret = await world.rotating.describe(name);
    if (!secret) throw new Error("no secret");
    return secret;
  };
  const stagesOf = async ({ name }: RotatingSecret, version: string) =>
    [...((await described(name)).versions[version] ?? [])].sort();

  it("describes a secret by its name and by its ARN, with the data of its tags", async () => {
    const secret = await begun();
    expect(secret).toMatchObject({ kind: "generated", generate: "hex/32" });
    expect(await world.rotating.describe(secret.arn)).toEqual(secret);
    expect(await world.rotating.describe("none")).toBeUndefined();
  });

  it("has one pending version at a time, without a value when a rotation has begun", async () => {
    const secret = await begun();
    expect(await stagesOf(secret, TOKEN)).toEqual(["AWSPENDING"]);
    expect(await world.rotating.read(secret, "AWSPENDING")).toBeUndefined();
    expect(await world.rotating.start(secret, OTHER)).toBe("in progress");
    expect(await stagesOf(secret, OTHER)).toEqual([]);
  });

  it("keeps the first value of a version, and moves AWSCURRENT once", async () => {
    const secret = await begun();
    const first = await world.rotating.read(secret, "AWSCURRENT");
    await world.rotating.putPending(secret, TOKEN, "one");
    await world.rotating.putPending(secret, TOKEN, "two");
    const pending = await world.rotating.read(secret, "AWSPENDING");
    expect(pending).toEqual({ versionId: TOKEN, text: "one", createdAt: expect.any(Number) });
    expect(Math.abs((pending?.createdAt ?? 0) - Date.now() / 1_000)).toBeLessThan(5);
    await world.rotating.makeCurrent(secret, TOKEN, first?.versionId ?? "");
    expect((await world.rotating.read(secret, "AWSCURRENT"))?.text).toBe("one");
    expect((await world.rotating.read(secret, "AWSPREVIOUS"))?.text).toBe("first");
    await world.rotating.putPending(secret, OTHER, "three");
    await expect(world.rotating.makeCurrent(secret, OTHER, first?.versionId ?? "")).rejects.toMatchObject({
      code: "connector_refused",
    });
  });

  it("begins anew where a pending version was withdrawn", async () => {
    const secret = await begun();
    await world.rotating.putPending(secret, TOKEN, "one");
    await world.rotating.withdrawPending(secret, TOKEN);
    expect(await stagesOf(secret, TOKEN)).toEqual([]);
    await world.rotating.withdrawPending(secret, TOKEN).catch(() => undefined);
    expect(await world.rotating.start(secret, OTHER)).toBe("begun");
    expect(await stagesOf(secret, OTHER)).toEqual(["AWSPENDING"]);
  });
});

describe("a secret that valetkey does not manage", () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ["has no tag", {}],
    ["is managed and names no kind", { [SECRET_TAGS.managed]: "true" }],
    ["names an unknown kind", { ...TAGS, [SECRET_TAGS.rotates]: "toString" }],
    ["names a kind and is not managed", { [SECRET_TAGS.rotates]: "generated" }],
  ])("is not described and not touched: %s", async (_, tags) => {
    accounts.become("rotate");
    const name = `none/${randomUUID()}`;
    const arn = accounts.aws
      .admin(accounts.scope.account)
      .createSecret({ name, value: "x", tags, rotationLambda: LAMBDA });
    const rotating = new RotatingSecretsManager({});
    expect(await rotating.describe(name)).toBeUndefined();
    if (tags[SECRET_TAGS.managed] !== undefined) return;
    // IAM refuses it too, whatever the function believes.
    const believed: RotatingSecret = { name, arn, kind: "generated", versions: {} };
    for (const call of [
      rotating.read(believed, "AWSCURRENT"),
      rotating.putPending(believed, TOKEN, "y"),
      rotating.withdrawPending(believed, TOKEN),
      rotating.start(believed, TOKEN),
    ])
      await expect(call).rejects.toMatchObject({ code: "connector_refused" });
  });

  it("is an outage where Secrets Manager cannot be reached", async () => {
    const rotating = new RotatingSecretsManager({});
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
    await expect(rotating.describe("x")).rejects.toMatchObject({ code: "connector_unavailable" });
    process.env.AWS_ENDPOINT_URL = endpoint;
  });
});

describe("the inventory, with the rights of operate", () => {
  it("lists managed secrets without a value, and finds them by their names alone", async () => {
    const admin = accounts.aws.admin(accounts.scope.account);
    const arn = admin.createSecret({
      name: "inventory/one",
      value: "canary-value",
      tags: {
        ...TAGS,
        [SECRET_TAGS.exclusive]: "true",
        [SECRET_TAGS.delivery]: "session",
        [SECRET_TAGS.database]: "orders",
      },
    });
    admin.createSecret({ name: "inventory/other", value: "canary-value", tags: { [SECRET_TAGS.managed]: "false" } });
    admin.createSecret({ name: "inventory/untagged", value: "canary-value" });
    accounts.become("operate");
    const inventory = new SecretsManagerInventory({});
    const found = {
      name: "inventory/one",
      arn,
      kind: "generated",
      database: "orders",
      exclusive: true,
      delivery: "session",
      isRotating: false,
      version: expect.any(String),
    };
    const { secrets } = await inventory.list(undefined);
    expect(secrets.filter(({ name }) => name.startsWith("inventory/"))).toEqual([found]);
    expect(secrets.some(({ isRotating }) => isRotating)).toBe(true);
    expect(await inventory.find("inventory/one")).toEqual(found);
    for (const name of [arn, "inventory/other", "inventory/untagged", "inventory/none"])
      expect(await inventory.find(name)).toBeUndefined();
    expect(JSON.stringify(secrets)).not.toContain("canary-value");
  });
});
