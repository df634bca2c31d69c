import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  InvalidRequestException,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  RotateSecretCommand,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import {
  ROTATION_KINDS,
  type RotatingSecret,
  type RotatingSecrets,
  type Stage,
  type StoredValue,
} from "../../core/secrets/rotating-secret.ts";
import { managedMark, type Prefixed } from "../../hub-names.ts";
import { SECRET_TAGS } from "../../names.ts";
import { nameOf } from "../aws/aws-fault.ts";
import { secretsManagerClient } from "./secrets-manager-client.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/** AWS Secrets Manager for the function that rotates. */
export class RotatingSecretsManager implements RotatingSecrets {
  readonly #client: SecretsManagerClient = secretsManagerClient();
  readonly #hub: Prefixed;

  constructor(hub: Prefixed) {
    this.#hub = hub;
  }

  async describe(id: string): Promise<RotatingSecret | undefined> {
    const described = await translated(async () => {
      try {
        return await this.#client.send(new DescribeSecretCommand({ SecretId: id }));
      } catch (error) {
        if (error instanceof ResourceNotFoundException || nameOf(error) === "AccessDeniedException") return undefined;
        throw error;
      }
    });
    const {
      ARN: arn,
      Name: name,
      DeletedDate: deleted,
      Tags: tags = [],
      VersionIdsToStages: versions = {},
    } = described ?? {};
    // Compares the full ARN or name, since Secrets Manager also accepts a partial ARN.
    if (!arn || !name || deleted || ![arn, name].includes(id)) return undefined;
    const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    const kind = ROTATION_KINDS.find((each) => each === tag(SECRET_TAGS.rotates));
    if (tag(SECRET_TAGS.managed) !== managedMark(this.#hub) || !kind) return undefined;
    const settings = (["generate", "field", "database", "user"] as const).flatMap((key) => {
      const value = tag(SECRET_TAGS[key]);
      return value === undefined ? [] : [[key, value] as const];
    });
    return { name, arn, kind, versions, ...Object.fromEntries(settings) };
  }

  async read({ arn }: RotatingSecret, stage: Stage): Promise<StoredValue | undefined> {
    return translated(async () => {
      try {
        const found = await this.#client.send(new GetSecretValueCommand({ SecretId: arn, VersionStage: stage }));
        const { SecretString: text, VersionId: versionId, CreatedDate: created } = found;
        if (text === undefined || versionId === undefined || created === undefined) return undefined;
        return { versionId, text, createdAt: created.getTime() / 1_000 };
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    });
  }

  async putPending({ arn }: RotatingSecret, versionId: string, text: string): Promise<void> {
    await translated(async () => {
      try {
        await this.#client.send(
          new PutSecretValueCommand({
            SecretId: arn,
            ClientRequestToken: versionId,
            SecretString: text,
            VersionStages: ["AWSPENDING"],
          }),
        );
      } catch (error) {
        // Another run has already stored a value for this version, which stays.
        if (!(error instanceof ResourceExistsException)) throw error;
      }
    });
  }

  async makeCurrent({ arn }: RotatingSecret, versionId: string, from: string): Promise<void> {
    await this.#moveStage({
      SecretId: arn,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: versionId,
      RemoveFromVersionId: from,
    });
  }

  async withdrawPending({ arn }: RotatingSecret, versionId: string): Promise<void> {
    await this.#moveStage({ SecretId: arn, VersionStage: "AWSPENDING", RemoveFromVersionId: versionId });
  }

  async start({ arn }: RotatingSecret, token: string): Promise<"begun" | "in progress"> {
    return translated(async () => {
      try {
        await this.#client.send(new RotateSecretCommand({ SecretId: arn, ClientRequestToken: token }));
        return "begun" as const;
      } catch (error) {
        // "A previous rotation isn't complete. That rotation will be reattempted." The error has no name of its own.
        if (error instanceof InvalidRequestException && error.message.includes("previous rotation"))
          return "in progress";
        throw error;
      }
    });
  }

  async #moveStage(input: ConstructorParameters<typeof UpdateSecretVersionStageCommand>[0]): Promise<void> {
    await translated(() => this.#client.send(new UpdateSecretVersionStageCommand(input)));
  }
}

async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw refusalFor(error);
  }
}
