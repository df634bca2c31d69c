import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { functionRoleName } from "../../functions/hub-names.ts";
import { SECRET_TAGS } from "../../functions/names.ts";
import { type Cloud, credentialsOf } from "./cdk.ts";
import { HUB } from "./world.ts";

const STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** The hub's Secrets Manager, and the deployed function that rotates. */
export class DeployedSecrets {
  readonly #cloud: Cloud;
  readonly #client: SecretsManagerClient;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    const { endpoint, region } = cloud;
    this.#client = new SecretsManagerClient({ endpoint, region, credentials: credentialsOf(HUB) });
  }

  /** A secret that valetkey rotates by making another value. @returns its ARN. */
  async create(name: string, value: string): Promise<string> {
    const tags = { [SECRET_TAGS.managed]: "true", [SECRET_TAGS.rotates]: "generated" };
    const { ARN: arn = "" } = await this.#client.send(
      new CreateSecretCommand({
        Name: name,
        SecretString: value,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    return arn;
  }

  /** The value at a stage, or nothing. */
  async read(id: string, stage: "AWSCURRENT" | "AWSPREVIOUS" | "AWSPENDING"): Promise<string | undefined> {
    try {
      const command = new GetSecretValueCommand({ SecretId: id, VersionStage: stage });
      return (await this.#client.send(command)).SecretString;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /**
   * The four steps in order, each twice, as Secrets Manager may take them. The emulator's RotateSecret invokes no
   * function, and copies the value in force. So the version is labelled here as Secrets Manager would label it, without
   * a value.
   */
  async rotate(arn: string): Promise<void> {
    const token = randomUUID();
    await this.#client.send(
      new PutSecretValueCommand({ SecretId: arn, ClientRequestToken: token, VersionStages: ["AWSPENDING"] }),
    );
    for (const Step of [...STEPS, ...STEPS]) await this.#invoke({ Step, SecretId: arn, ClientRequestToken: token });
  }

  /** A step of a rotation that nobody has begun. @throws {Error} with the function's error. */
  async takeUnasked(arn: string): Promise<void> {
    await this.#invoke({ Step: "finishSecret", SecretId: arn, ClientRequestToken: randomUUID() });
  }

  /** @throws {Error} where the function fails. */
  async #invoke(event: object): Promise<void> {
    const name = functionRoleName("rotate", {});
    const { accessKeyId } = credentialsOf(HUB);
    // The emulator verifies no signature: it reads there who signs.
    const scope = `${accessKeyId}/20260101/${this.#cloud.region}/lambda/aws4_request`;
    const answer = await fetch(`${this.#cloud.endpoint}/2015-03-31/functions/${name}/invocations`, {
      method: "POST",
      headers: { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none` },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (answer.status !== 200 || answer.headers.has("x-amz-function-error"))
      throw new Error(`${name} answered ${answer.status}: ${text}`);
  }
}
