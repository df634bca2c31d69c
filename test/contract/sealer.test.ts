import { randomBytes } from "node:crypto";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SecretSealer } from "../../functions/adapters/secrets-manager/secret-sealer.ts";
import { SecretsManager } from "../../functions/adapters/secrets-manager/secrets-manager.ts";
import type { Sealer } from "../../functions/core/connectors/connector.ts";
import { sealingSecret } from "../../functions/hub-names.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";
import { FakeSealer } from "../fakes/secrets/sealer.ts";

const key = () => randomBytes(32).toString("base64url");

let accounts: LocalAccounts;
beforeAll(async () => {
  accounts = await startAccounts();
  accounts.aws.admin(accounts.scope.account).createSecret({ name: sealingSecret({}), value: key() });
});
afterAll(() => accounts.close());

function bySecret(nowMs = Date.now): Sealer {
  accounts.become("tester");
  const secrets = new SecretsManager({});
  return new SecretSealer((versionId) => secrets.own(sealingSecret({}), versionId), nowMs);
}

describe.each([
  ["the sealer in memory", () => new FakeSealer()],
  ["the sealer with a key from Secrets Manager", () => bySecret()],
])("%s", (_, start) => {
  let sealer: Sealer;
  beforeAll(() => {
    sealer = start();
  });

  it("opens what it sealed, for the same lease", async () => {
    const sealed = await sealer.seal("canary", "a#oauth-0");
    expect(sealed).not.toContain("canary");
    expect(await sealer.open(sealed, "a#oauth-0")).toBe("canary");
    await expect(sealer.open(sealed, "b#oauth-0")).rejects.toThrow(RangeError);
  });

  it("opens nothing that it did not seal", async () => {
    for (const text of ["", "canary", "v1.x"]) await expect(sealer.open(text, "a")).rejects.toThrow(RangeError);
  });
});

describe("a sealing key", () => {
  it("opens what it sealed before its rotation, and seals nothing more after five minutes", async () => {
    let nowMs = Date.now();
    const sealer = bySecret(() => nowMs);
    const before = await sealer.seal("canary", "a");
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({ SecretId: sealingSecret({}), SecretString: key() }),
    );
    const keyOf = (sealed: string) => sealed.split(".")[1];
    expect(keyOf(await sealer.seal("canary", "a"))).toBe(keyOf(before));
    nowMs += 300_000;
    expect(keyOf(await sealer.seal("canary", "a"))).not.toBe(keyOf(before));
    expect(await sealer.open(before, "a")).toBe("canary");
    expect(await bySecret().open(before, "a")).toBe("canary");
  });

  it("seals nothing with a wrong length", async () => {
    const sealer = new SecretSealer(async () => ({ text: "short", versionId: "1" }), Date.now);
    await expect(sealer.seal("canary", "a")).rejects.toMatchObject({ code: "connector_refused" });
  });

  it("causes no outage where it does not exist, but one where it cannot be reached", async () => {
    accounts.become("tester");
    const secrets = new SecretsManager({});
    const absent = new SecretSealer((versionId) => secrets.own("valetkey/none", versionId), Date.now);
    await expect(absent.seal("canary", "a")).rejects.toMatchObject({ code: "connector_refused" });
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
    const gone = new SecretsManager({});
    const lost = new SecretSealer((versionId) => gone.own(sealingSecret({}), versionId), Date.now);
    await expect(lost.seal("canary", "a")).rejects.toMatchObject({ code: "connector_unavailable" });
  });
});
