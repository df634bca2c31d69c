import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, it } from "vitest";
import { allow, HUB, policy, STRANGER_ROLE, type Stage, setStage } from "./stage.ts";

let stage: Stage;
let secrets: SecretsManagerClient;
beforeAll(async () => {
  stage = await setStage();
  secrets = new SecretsManagerClient(stage.config(stage.aws.keysFor(STRANGER_ROLE, "s")));
});
afterAll(() => stage.close());

const read = async (SecretId: string, more: object = {}): Promise<string | undefined> =>
  (await secrets.send(new GetSecretValueCommand({ SecretId, ...more }))).SecretString;

it("stores a new value as current and the one before as previous", async () => {
  const { ARN = "" } = await secrets.send(new CreateSecretCommand({ Name: "db/login", SecretString: "one" }));
  expect(ARN).toMatch(new RegExp(`^arn:aws:secretsmanager:us-east-1:${HUB}:secret:db/login-\\w{6}$`));
  await secrets.send(new PutSecretValueCommand({ SecretId: "db/login", SecretString: "two" }));
  expect([await read("db/login"), await read(ARN), await read(ARN, { VersionStage: "AWSPREVIOUS" })]).toEqual([
    "two",
    "two",
    "one",
  ]);
  const described = await secrets.send(new DescribeSecretCommand({ SecretId: ARN }));
  expect(
    Object.values(described.VersionIdsToStages ?? {})
      .flat()
      .sort(),
  ).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
});

it("sets a pending value aside until its stage is moved", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "rotating", SecretString: "old" }));
  const ClientRequestToken = "0".repeat(32);
  const pending = { SecretId: "rotating", ClientRequestToken, VersionStages: ["AWSPENDING"] };
  await secrets.send(new PutSecretValueCommand({ ...pending, SecretString: "new" }));
  await secrets.send(new PutSecretValueCommand({ ...pending, SecretString: "new" }));
  await expect(secrets.send(new PutSecretValueCommand({ ...pending, SecretString: "x" }))).rejects.toMatchObject({
    name: "ResourceExistsException",
  });
  expect(await read("rotating")).toBe("old");
  const { VersionId = "" } = await secrets.send(new GetSecretValueCommand({ SecretId: "rotating" }));
  const move = { SecretId: "rotating", VersionStage: "AWSCURRENT", MoveToVersionId: ClientRequestToken };
  await expect(secrets.send(new UpdateSecretVersionStageCommand(move))).rejects.toMatchObject({
    name: "InvalidParameterException",
  });
  await secrets.send(new UpdateSecretVersionStageCommand({ ...move, RemoveFromVersionId: VersionId }));
  expect([await read("rotating"), await read("rotating", { VersionStage: "AWSPREVIOUS" })]).toEqual(["new", "old"]);
});

it("takes bytes", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "bytes", SecretBinary: Buffer.from([1, 2, 255]) }));
  const { SecretBinary = new Uint8Array() } = await secrets.send(new GetSecretValueCommand({ SecretId: "bytes" }));
  expect([...SecretBinary]).toEqual([1, 2, 255]);
});

it("reports a missing secret, stage or version as missing, and a name as taken", async () => {
  await secrets.send(new CreateSecretCommand({ Name: "one", SecretString: "1" }));
  for (const input of [
    { SecretId: "none" },
    { SecretId: "one", VersionStage: "X" },
    { SecretId: "one", VersionId: "0".repeat(32) },
  ])
    await expect(secrets.send(new GetSecretValueCommand(input))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  await expect(secrets.send(new CreateSecretCommand({ Name: "one" }))).rejects.toMatchObject({
    name: "ResourceExistsException",
  });
});

it("a policy may read the secret's tags and stage", async () => {
  const reader = await stage.aws.admin(HUB).createRole({
    name: "reader",
    trust: policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }),
    permissions: {
      tagged: policy(
        allow("secretsmanager:GetSecretValue", "*", {
          StringEquals: { "aws:ResourceTag/for": "reader", "secretsmanager:VersionStage": "AWSCURRENT" },
        }),
      ),
    },
  });
  stage.aws.admin(HUB).createSecret({ name: "mine", value: "v", tags: { for: "reader" } });
  stage.aws.admin(HUB).createSecret({ name: "other", value: "v" });
  const client = new SecretsManagerClient(stage.config(stage.aws.keysFor(reader.arn, "r")));
  const get = (input: object) => client.send(new GetSecretValueCommand(input as { SecretId: string }));
  await expect(get({ SecretId: "mine" })).resolves.toMatchObject({ SecretString: "v" });
  await expect(get({ SecretId: "other" })).rejects.toMatchObject({ name: "AccessDeniedException" });
  await expect(get({ SecretId: "mine", VersionStage: "AWSPREVIOUS" })).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});
