import { randomUUID } from "node:crypto";
import { ServiceError } from "../service-error.ts";
import type { JsonInput } from "./json-input.ts";
import { atStage, moveStage, putVersion, type Secret, type SecretValue } from "./secrets.ts";

type Operation = (secret: Secret, input: JsonInput, now: number) => unknown;

/** Operations on a secret, by name. */
export const SECRET_OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeSecret: (secret) => ({ ...descriptionOf(secret), VersionIdsToStages: stagesOf(secret) }),
  GetSecretValue: (secret, input) => {
    const versionId = input.text("VersionId");
    const stage = input.text("VersionStage") ?? (versionId === undefined ? "AWSCURRENT" : undefined);
    const version = versionId === undefined ? atStage(secret, stage ?? "") : secret.versions.get(versionId);
    const isEmpty = version?.text === undefined && version?.binary === undefined;
    if (!version || isEmpty || (stage !== undefined && !version.stages.has(stage)))
      throw notFound("Secrets Manager can't find the specified secret value for that version or staging label.");
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      ...(version.text === undefined ? {} : { SecretString: version.text }),
      ...(version.binary === undefined ? {} : { SecretBinary: version.binary }),
      VersionStages: [...version.stages],
      CreatedDate: version.createdAt / 1000,
    };
  },
  PutSecretValue: (secret, input, now) => {
    const id = input.text("ClientRequestToken") ?? randomUUID();
    const value = readValue(input);
    const earlier = secret.versions.get(id);
    // A version from the beginning of a rotation has no value yet.
    const isEmpty = earlier?.text === undefined && earlier?.binary === undefined;
    if (earlier && !isEmpty && (earlier.text !== value.text || earlier.binary !== value.binary))
      throw new ServiceError(
        "ResourceExistsException",
        "A version with this token and another value exists already.",
        400,
      );
    const stages = (input.raw("VersionStages") as string[] | undefined) ?? ["AWSCURRENT"];
    const version = earlier && !isEmpty ? earlier : putVersion(secret, value, id, stages, now);
    return { ARN: secret.arn, Name: secret.name, VersionId: id, VersionStages: [...version.stages] };
  },
  UpdateSecretVersionStage: (secret, input) => {
    const stage = input.requiredText("VersionStage");
    const wanted = input.text("MoveToVersionId");
    const to = secret.versions.get(wanted ?? "");
    if (wanted !== undefined && !to) throw notFound("Secrets Manager can't find the specified secret version.");
    const from = atStage(secret, stage);
    if (from && to && from !== to && from.id !== input.text("RemoveFromVersionId"))
      throw new ServiceError(
        "InvalidParameterException",
        `Another version has ${stage}: name it in RemoveFromVersionId.`,
        400,
      );
    if (to) moveStage(secret, stage, to);
    else if (from?.id === input.text("RemoveFromVersionId")) from?.stages.delete(stage);
    return { ARN: secret.arn, Name: secret.name };
  },
};

export const descriptionOf = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  CreatedDate: secret.createdAt / 1000,
  Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
  ...(secret.rotationLambda === undefined ? {} : { RotationEnabled: true, RotationLambdaARN: secret.rotationLambda }),
  ...(secret.rotatedAt === undefined ? {} : { LastRotatedDate: secret.rotatedAt / 1000 }),
});

/** Lists the stages of each version. Versions without a stage are deprecated, and left out. */
export const stagesOf = (secret: Secret): Record<string, string[]> =>
  Object.fromEntries(
    [...secret.versions.values()].filter(({ stages }) => stages.size > 0).map(({ id, stages }) => [id, [...stages]]),
  );

/** Reads the value of a call, text or bytes. */
export function readValue(input: JsonInput): SecretValue {
  const [text, binary] = [input.text("SecretString"), input.text("SecretBinary")];
  return { ...(text === undefined ? {} : { text }), ...(binary === undefined ? {} : { binary }) };
}

export const notFound = (message: string): ServiceError => new ServiceError("ResourceNotFoundException", message, 400);
