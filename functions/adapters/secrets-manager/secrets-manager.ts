import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  type GetSecretValueCommandOutput,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { Refusal } from "../../core/refusal.ts";
import type { ManagedSecret, Secrets, SecretValue } from "../../core/secrets/managed-secret.ts";
import { SECRET_TAGS } from "../../names.ts";
import { nameOf } from "../aws/aws-fault.ts";
import { secretsManagerClient } from "./secrets-manager-client.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/** AWS Secrets Manager in the hub's account and Region. */
export class SecretsManager implements Secrets {
  readonly #client: SecretsManagerClient;

  /** @param requestMs time-out of each of two attempts; milliseconds. */
  constructor(requestMs = 2_000) {
    this.#client = secretsManagerClient(requestMs);
  }

  async find(name: string): Promise<ManagedSecret | undefined> {
    const described = await this.#describe(name);
    const {
      ARN: arn,
      Name: found,
      Tags: tags = [],
      DeletedDate: deleted,
      VersionIdsToStages: versions = {},
    } = described ?? {};
    // Secrets Manager accepts a partial ARN as well.
    if (!arn || found !== name || deleted) return undefined;
    const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
    if (tag(SECRET_TAGS.managed) !== "true") return undefined;
    const version = Object.entries(versions).find(([, stages]) => stages.includes("AWSCURRENT"))?.[0];
    return {
      name,
      arn,
      ...(version === undefined ? {} : { version }),
      exclusive: tag(SECRET_TAGS.exclusive) === "true",
      delivery: tag(SECRET_TAGS.delivery) === "session" ? "session" : "value",
    };
  }

  async read({ arn }: ManagedSecret): Promise<SecretValue> {
    const { VersionId, SecretString, SecretBinary } = await this.#value({ SecretId: arn, VersionStage: "AWSCURRENT" });
    return {
      versionId: VersionId ?? "",
      ...(SecretString === undefined ? {} : { text: SecretString }),
      ...(SecretBinary === undefined ? {} : { binary: Buffer.from(SecretBinary).toString("base64") }),
    };
  }

  /** Reads the text and the version id of one of valetkey's own secrets. @throws {Refusal} connector_unavailable, connector_refused. */
  async own(name: string, versionId?: string): Promise<{ readonly text: string; readonly versionId: string }> {
    const version = versionId === undefined ? { VersionStage: "AWSCURRENT" } : { VersionId: versionId };
    const { SecretString: text, VersionId } = await this.#value({ SecretId: name, ...version });
    if (text === undefined || VersionId === undefined) throw new Refusal("connector_refused", { why: "no text" });
    return { text, versionId: VersionId };
  }

  async #describe(name: string) {
    try {
      return await this.#client.send(new DescribeSecretCommand({ SecretId: name }));
    } catch (error) {
      // IAM denies the description of a secret without valetkey's tag: it counts as not managed.
      if (error instanceof ResourceNotFoundException || nameOf(error) === "AccessDeniedException") return undefined;
      throw refusalFor(error);
    }
  }

  async #value(input: ConstructorParameters<typeof GetSecretValueCommand>[0]): Promise<GetSecretValueCommandOutput> {
    try {
      return await this.#client.send(new GetSecretValueCommand(input));
    } catch (error) {
      throw refusalFor(error);
    }
  }
}
