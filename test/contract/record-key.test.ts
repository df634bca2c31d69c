import { randomBytes } from "node:crypto";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keysInTable, publishedSeals } from "../../functions/adapters/dynamodb/journal/published-seals.ts";
import { sdkTable } from "../../functions/adapters/dynamodb/table/sdk-table-client.ts";
import { httpOwnSecret } from "../../functions/adapters/secrets-manager/http-own-secret.ts";
import { SecretPersonTags } from "../../functions/adapters/secrets-manager/secret-person-tags.ts";
import { SecretRecordKey } from "../../functions/adapters/secrets-manager/secret-record-key.ts";
import type { RecordKey, Seals } from "../../functions/core/seals/seals.ts";
import { personTagSecret, recordKeySecret } from "../../functions/hub-names.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeRecordKey } from "../fakes/secrets/record-key.ts";

let accounts: LocalAccounts;
let nowMs = 1_000_000;
beforeAll(async () => {
  accounts = await startAccounts();
});
afterAll(() => accounts.close());

const FIELDS = { path: "k7f3m2q9x4ab.", agent: "demo" };

function bySecret(): SecretRecordKey {
  accounts.become("tester");
  const own = httpOwnSecret();
  return new SecretRecordKey(
    (stage) => own(recordKeySecret({}), stage),
    published(),
    () => nowMs,
  );
}
const published = () => {
  accounts.become("tester");
  return keysInTable(sdkTable(accounts.scope.tableName));
};
const verifier = () => publishedSeals(published(), () => nowMs);

describe.each<[string, () => RecordKey & Seals]>([
  ["the record key in memory", () => new FakeRecordKey()],
  ["the record key in Secrets Manager", bySecret],
])("%s", (_, start) => {
  let recordKey: RecordKey & Seals;
  beforeAll(() => {
    recordKey = start();
  });

  it("verifies its own seals, for the same kind and fields", async () => {
    const seal = await recordKey.seal("task", FIELDS);
    expect(await recordKey.isGenuine("task", FIELDS, seal)).toBe(true);
    expect(await recordKey.isGenuine("delegation", FIELDS, seal)).toBe(false);
    expect(await recordKey.isGenuine("task", { ...FIELDS, agent: "other" }, seal)).toBe(false);
  });

  it("verifies nothing else", async () => {
    const foreign = await new FakeRecordKey().seal("task", FIELDS);
    for (const seal of [undefined, "", "v1.a.b", foreign])
      expect(await recordKey.isGenuine("task", FIELDS, seal)).toBe(false);
  });
});

/** Replaces the key, as a person does. */
const rotate = () => {
  accounts.become("tester");
  const SecretString = randomBytes(48).toString("base64url");
  return new SecretsManagerClient({}).send(new PutSecretValueCommand({ SecretId: recordKeySecret({}), SecretString }));
};

describe("a record key after its replacement", () => {
  it("stays valid until the next replacement, for functions that seal and functions that verify", async () => {
    const [recordKey, seals] = [bySecret(), verifier()];
    const first = await recordKey.seal("task", FIELDS);
    expect(await seals.isGenuine("task", FIELDS, first)).toBe(true);
    await rotate();
    // The record key seals with the key that it has, until it reads the secret again.
    expect(await recordKey.seal("task", FIELDS)).toBe(first);
    const fresh = bySecret();
    const second = await fresh.seal("task", FIELDS);
    expect(second.split(".")[1]).not.toBe(first.split(".")[1]);
    nowMs += 2_000;
    for (const each of [recordKey, fresh, seals, verifier()])
      for (const seal of [first, second]) expect(await each.isGenuine("task", FIELDS, seal)).toBe(true);
    await rotate();
    const third = await bySecret().seal("task", FIELDS);
    nowMs += 300_000;
    for (const each of [recordKey, fresh, seals, verifier()]) {
      expect(await each.isGenuine("task", FIELDS, third)).toBe(true);
      expect(await each.isGenuine("task", FIELDS, second)).toBe(true);
      expect(await each.isGenuine("task", FIELDS, first)).toBe(false);
    }
  });
});

describe("a record key that cannot be read", () => {
  it("causes an outage, not a denial; a key that was read recently is used on for a limited time", async () => {
    let fails = false;
    const text = randomBytes(48).toString("base64url");
    const read = async (stage: string) => {
      if (fails) throw new Error("down");
      return stage === "AWSCURRENT" ? text : undefined;
    };
    const nowhere = { read: async () => undefined, publish: async () => undefined };
    const recordKey = new SecretRecordKey(read, nowhere, () => nowMs);
    const seal = await recordKey.seal("task", FIELDS);
    fails = true;
    nowMs += 600_000;
    expect(await recordKey.isGenuine("task", FIELDS, seal)).toBe(true);
    await expect(recordKey.isGenuine("task", FIELDS, "v1.unknown.x")).rejects.toMatchObject({
      code: "store_unavailable",
    });
    nowMs += 300_001;
    await expect(recordKey.isGenuine("task", FIELDS, seal)).rejects.toMatchObject({ code: "store_unavailable" });
    await expect(recordKey.seal("task", FIELDS)).rejects.toMatchObject({ code: "store_unavailable" });
  });

  it("causes an outage too if it is missing or too short", async () => {
    const nowhere = { read: async () => undefined, publish: async () => undefined };
    for (const text of [undefined, "short"]) {
      const recordKey = new SecretRecordKey(
        async () => text,
        nowhere,
        () => nowMs,
      );
      recordKey.warm();
      await expect(recordKey.seal("task", FIELDS)).rejects.toMatchObject({ code: "store_unavailable" });
    }
  });
});

describe("the key of people's tags", () => {
  const pat = { issuer: "staff", value: "pat" };
  const byKey = (as: "exchange" | "approve", name = personTagSecret({})) => {
    accounts.become(as);
    const own = httpOwnSecret();
    return new SecretPersonTags(() => own(name, "AWSCURRENT"));
  };

  it("is read by the exchange, and gives one person one tag in every process", async () => {
    const tag = await byKey("exchange").tagOf(pat);
    expect(tag).toMatch(/^[A-Z2-7]{16}$/);
    expect(await byKey("exchange").tagOf(pat)).toBe(tag);
  });

  it("is readable by no other function, which then tags nobody", async () => {
    const unavailable = { code: "store_unavailable" };
    await expect(byKey("approve").tagOf(pat)).rejects.toMatchObject(unavailable);
    await expect(byKey("exchange", "valetkey/none").tagOf(pat)).rejects.toMatchObject(unavailable);
  });

  it("is read again after a failure", async () => {
    const texts = [undefined, "short", "k".repeat(43)];
    const tags = new SecretPersonTags(async () => texts.shift());
    for (let failed = 0; failed < 2; failed += 1)
      await expect(tags.tagOf(pat)).rejects.toMatchObject({ code: "store_unavailable" });
    expect(await tags.tagOf(pat)).toBe("PBDVELLQIUPL2W5R");
    expect(texts).toEqual([]);
  });
});
