import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  InvalidNextTokenException,
  ListSecretsCommand,
  ResourceNotFoundException,
  type SecretListEntry,
} from "@aws-sdk/client-secrets-manager";
import { defined } from "../../core/defined.ts";
import { Refusal } from "../../core/refusal.ts";
import type { SecretEntry, SecretInventory } from "../../core/secrets/secret-inventory.ts";
import { managedMark, type Prefixed } from "../../hub-names.ts";
import { SECRET_TAGS } from "../../names.ts";
import { nameOf } from "../aws/aws-fault.ts";
import { secretsManagerClient } from "./secrets-manager-client.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/** Descriptions of managed secrets from Secrets Manager. Cannot read a value. */
export class SecretsManagerInventory implements SecretInventory {
  readonly #client = secretsManagerClient();
  readonly #mark: string;

  constructor(hub: Prefixed) {
    this.#mark = managedMark(hub);
  }

  async list(after: string | undefined): Promise<{ readonly secrets: readonly SecretEntry[]; readonly next?: string }> {
    try {
      const { SecretList: found = [], NextToken: next } = await this.#client.send(
        new ListSecretsCommand({
          Filters: [{ Key: "tag-key", Values: [SECRET_TAGS.managed] }],
          MaxResults: 100,
          ...defined({ NextToken: after }),
        }),
      );
      // Secrets Manager's filter matches prefixes of a tag's name, so entries without the exact tag are dropped.
      const secrets = found.flatMap((each) => entryOf(each, this.#mark, each.SecretVersionsToStages) ?? []);
      return { secrets, ...(next ? { next } : {}) };
    } catch (error) {
      if (error instanceof InvalidNextTokenException)
        throw new Refusal("malformed_request", { say: "after must be the next of the page before." });
      throw refusalFor(error);
    }
  }

  async find(name: string): Promise<SecretEntry | undefined> {
    try {
      const described = await this.#client.send(new DescribeSecretCommand({ SecretId: name }));
      // Secrets Manager accepts a partial ARN as well.
      return described.Name === name ? entryOf(described, this.#mark, described.VersionIdsToStages) : undefined;
    } catch (error) {
      // IAM denies the description of a secret without valetkey's tag: it counts as not managed.
      if (error instanceof ResourceNotFoundException || nameOf(error) === "AccessDeniedException") return undefined;
      throw refusalFor(error);
    }
  }
}

function entryOf(
  described: SecretListEntry | DescribeSecretCommandOutput,
  mark: string,
  stages: Readonly<Record<string, readonly string[]>> = {},
): SecretEntry | undefined {
  const { ARN: arn, Name: name, DeletedDate: deleted, Tags: tags = [] } = described;
  const tag = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
  if (!arn || !name || deleted || tag(SECRET_TAGS.managed) !== mark) return undefined;
  const at = (stage: string) => Object.keys(stages).find((id) => stages[id]?.includes(stage));
  const [kind, database] = [tag(SECRET_TAGS.rotates), tag(SECRET_TAGS.database)];
  const [version, pending] = [at("AWSCURRENT"), at("AWSPENDING")];
  const { LastRotatedDate: rotated, NextRotationDate: next } = described;
  return {
    name,
    arn,
    exclusive: tag(SECRET_TAGS.exclusive) === "true",
    delivery: tag(SECRET_TAGS.delivery) === "session" ? "session" : "value",
    isRotating: pending !== undefined && pending !== version,
    ...defined({ kind, database, version }),
    ...(rotated === undefined ? {} : { rotatedAt: rotated.getTime() / 1_000 }),
    ...(next === undefined ? {} : { nextAt: next.getTime() / 1_000 }),
  };
}
