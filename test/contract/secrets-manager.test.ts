import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SecretsManager } from "../../functions/adapters/secrets-manager/secrets-manager.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type LocalAccounts, startAccounts } from "../../local/cloud/local-accounts.ts";

let accounts: LocalAccounts;
beforeAll(async () => {
  accounts = await startAccounts();
});
afterAll(() => accounts.close());

describe("SecretsManager", () => {
  const create = (name: string, tags: Readonly<Record<string, string>>) =>
    accounts.aws.admin(accounts.scope.account).createSecret({ name, value: `value of ${name}`, tags });
  const asTester = () => {
    accounts.become("tester");
    return new SecretsManager({});
  };
  const MANAGED = { [SECRET_TAGS.managed]: "true" };

  it.each([
    ["shared, by value, unless its tags say otherwise", MANAGED, { exclusive: false, delivery: "value" }],
    ["exclusive", { ...MANAGED, [SECRET_TAGS.exclusive]: "true" }, { exclusive: true, delivery: "value" }],
    [
      "read by the session",
      { ...MANAGED, [SECRET_TAGS.delivery]: "session" },
      { exclusive: false, delivery: "session" },
    ],
    [
      "neither, where the tags say something else",
      { ...MANAGED, [SECRET_TAGS.exclusive]: "yes", [SECRET_TAGS.delivery]: "mail" },
      { exclusive: false, delivery: "value" },
    ],
  ])("finds a secret that is %s", async (title, tags, expected) => {
    const name = `reports/${title.slice(0, 9).replaceAll(/\W/g, "_")}`;
    const arn = create(name, tags);
    expect(await asTester().find(name)).toEqual({ name, arn, version: expect.any(String), ...expected });
  });

  it.each([
    ["without our tag", {}],
    ["whose tag says no", { [SECRET_TAGS.managed]: "false" }],
    ["with a tag like it", { "Valetkey:Managed": "true" }],
  ])("finds no secret %s", async (title, tags) => {
    const name = `none/${title.slice(0, 8).replaceAll(" ", "-")}`;
    create(name, tags);
    expect(await asTester().find(name)).toBeUndefined();
  });

  it("I5: finds no secret of another hub: the tag has one hub's value", async () => {
    create("of-another-hub", { [SECRET_TAGS.managed]: "valetkey-emea" });
    create("of-this-hub", MANAGED);
    expect(await asTester().find("of-another-hub")).toBeUndefined();
    const other = new SecretsManager({ prefix: "valetkey-emea" });
    expect(await other.find("of-another-hub")).toMatchObject({ name: "of-another-hub" });
    expect(await other.find("of-this-hub")).toBeUndefined();
  });

  it("finds no secret by its ARN: only names count", async () => {
    const arn = create("by-arn", MANAGED);
    expect(await asTester().find(arn)).toBeUndefined();
    expect((await asTester().find("by-arn"))?.arn).toBe(arn);
  });

  it("finds no secret that it may not describe, and reads none that it may not read", async () => {
    const arn = create("not-ours", MANAGED);
    accounts.become("tasks");
    const secrets = new SecretsManager({});
    expect(await secrets.find("not-ours")).toBeUndefined();
    const secret = { name: "not-ours", arn, exclusive: false, delivery: "value" } as const;
    await expect(secrets.read(secret)).rejects.toMatchObject({ code: "connector_refused" });
  });

  it("reads text and bytes, each with its version", async () => {
    accounts.become("tester");
    const client = new SecretsManagerClient({});
    const { ARN: arn = "" } = await client.send(
      new CreateSecretCommand({ Name: "bytes", SecretBinary: Buffer.from([1, 2, 255]) }),
    );
    const secrets = new SecretsManager({});
    const known = { exclusive: false, delivery: "value" } as const;
    expect(await secrets.read({ ...known, name: "bytes", arn })).toEqual({
      versionId: expect.stringMatching(/^[\w-]{32,64}$/),
      binary: "AQL/",
    });
    await expect(secrets.own("bytes")).rejects.toMatchObject({ code: "connector_refused" });
    const text = create("text", MANAGED);
    expect((await secrets.read({ ...known, name: "text", arn: text })).text).toBe("value of text");
  });

  it("reports an outage where it cannot be reached, and no answer about any secret", async () => {
    accounts.become("tester");
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:9";
    const secrets = new SecretsManager({}, 300);
    await expect(secrets.find("reports/a")).rejects.toMatchObject({ code: "connector_unavailable" });
    await expect(secrets.read({ name: "a", arn: "arn", exclusive: false, delivery: "value" })).rejects.toMatchObject({
      code: "connector_unavailable",
    });
  });
});
