import { randomUUID } from "node:crypto";
import type { PolicyDocument } from "../policy-document.ts";
import { randomText } from "../random-text.ts";

export interface SecretSpec {
  readonly name: string;
  readonly value?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: PolicyDocument;
  /** Age of the value; seconds. */
  readonly ageSeconds?: number;
  /** ARN of the function that rotates the secret. */
  readonly rotationLambda?: string;
}

export interface SecretVersion {
  readonly id: string;
  readonly text?: string;
  /** Base64 */
  readonly binary?: string;
  /** Moment at which the value was written; epoch milliseconds. */
  readonly createdAt: number;
  stages: Set<string>;
}

export interface Secret {
  readonly account: string;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly policy?: PolicyDocument;
  readonly versions: Map<string, SecretVersion>;
  /** ARN of the function that rotates the secret. */
  rotationLambda?: string;
  rotatedAt?: number;
}

export type SecretValue = Pick<SecretVersion, "text" | "binary">;

/** Secrets of every account. */
export class Secrets {
  readonly #secrets = new Map<string, Secret>();

  create(account: string, region: string, spec: SecretSpec, now: number): Secret {
    if (this.find(account, spec.name)) throw new Error(`secret ${spec.name} exists already in ${account}`);
    const secret: Secret = {
      account,
      name: spec.name,
      arn: `arn:aws:secretsmanager:${region}:${account}:secret:${spec.name}-${randomText(6)}`,
      createdAt: now,
      tags: spec.tags ?? {},
      versions: new Map(),
      ...(spec.policy === undefined ? {} : { policy: spec.policy }),
      ...(spec.rotationLambda === undefined ? {} : { rotationLambda: spec.rotationLambda }),
    };
    this.#secrets.set(secret.arn, secret);
    const writtenAt = now - (spec.ageSeconds ?? 0) * 1_000;
    if (spec.value !== undefined) putVersion(secret, { text: spec.value }, randomUUID(), ["AWSCURRENT"], writtenAt);
    return secret;
  }

  of(account: string): readonly Secret[] {
    return [...this.#secrets.values()].filter((secret) => secret.account === account);
  }

  remove(secret: Secret): void {
    this.#secrets.delete(secret.arn);
  }

  /** Finds a secret by name within the account, or by full ARN in any account. */
  find(account: string, nameOrArn: string): Secret | undefined {
    const byArn = this.#secrets.get(nameOrArn);
    if (byArn) return byArn;
    return [...this.#secrets.values()].find((secret) => secret.account === account && secret.name === nameOrArn);
  }
}

/** Adds a version and moves the stages to it. The version that was current becomes the previous one. */
export function putVersion(
  secret: Secret,
  value: SecretValue,
  id: string,
  stages: readonly string[],
  now: number,
): SecretVersion {
  const version: SecretVersion = { id, ...value, createdAt: now, stages: new Set() };
  secret.versions.set(id, version);
  for (const stage of stages) moveStage(secret, stage, version);
  return version;
}

/** Moves a stage, which only one version has. When AWSCURRENT moves, its old version gets AWSPREVIOUS. */
export function moveStage(secret: Secret, stage: string, to: SecretVersion): void {
  const from = atStage(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage !== "AWSCURRENT" || !from) return;
  atStage(secret, "AWSPREVIOUS")?.stages.delete("AWSPREVIOUS");
  from.stages.add("AWSPREVIOUS");
}

/** Finds the version with a stage. */
export function atStage(secret: Secret, stage: string): SecretVersion | undefined {
  return [...secret.versions.values()].find((version) => version.stages.has(stage));
}
