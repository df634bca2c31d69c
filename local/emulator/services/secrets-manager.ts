import { randomUUID } from "node:crypto";
import { jsonAnswer } from "../answers.ts";
import type { ContextValues, Need } from "../need.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { JsonInput } from "./json-input.ts";
import type { Rotations } from "./rotations.ts";
import { descriptionOf, notFound, readValue, SECRET_OPERATIONS, stagesOf } from "./secret-operations.ts";
import { putVersion, type Secret, type Secrets } from "./secrets.ts";

/** Secrets Manager: create, read, put, list, describe and rotate secrets, and move stages. */
export function secretsManagerService(secrets: Secrets, now: () => number, rotations: Rotations): Service {
  return {
    name: "secretsmanager",
    format: "json",
    open(request, caller): Call {
      const input = new JsonInput(request, "secretsmanager");
      const { operation } = input;
      if (operation === "CreateSecret") return createSecret(input, caller, secrets, now);
      if (operation === "ListSecrets") return listSecrets(input, caller, secrets);
      const run =
        operation === "RotateSecret"
          ? (secret: Secret) => rotations.rotate(secret, input)
          : operation === "DeleteSecret"
            ? (secret: Secret) => deleteSecret(secret, input, secrets)
            : Object.hasOwn(SECRET_OPERATIONS, operation)
              ? SECRET_OPERATIONS[operation]
              : undefined;
      if (!run)
        throw new ServiceError(
          "UnknownOperationException",
          `The embedded Secrets Manager does not do ${operation}.`,
          400,
        );
      const secretId = input.requiredText("SecretId");
      const secret = secrets.find(caller.account, secretId);
      return {
        operation,
        needs: [secretNeed(operation, secretId, secret, caller, input)],
        perform: () => {
          if (!secret) throw notFound("Secrets Manager can't find the specified secret.");
          return jsonAnswer(run(secret, input, now()), "1.1");
        },
      };
    },
  };
}

/** DeleteSecret, at once: scheduled deletion is not built. */
function deleteSecret(secret: Secret, input: JsonInput, secrets: Secrets): object {
  if (input.raw("ForceDeleteWithoutRecovery") !== true)
    throw new ServiceError(
      "InvalidRequestException",
      "The embedded Secrets Manager deletes at once or not at all.",
      400,
    );
  secrets.remove(secret);
  return { ARN: secret.arn, Name: secret.name };
}

function createSecret(input: JsonInput, caller: Caller, secrets: Secrets, now: () => number): Call {
  const name = input.requiredText("Name");
  const tags = Object.fromEntries(input.list("Tags").map((tag) => [String(tag.Key), String(tag.Value)]));
  return {
    operation: "CreateSecret",
    needs: [
      {
        action: "secretsmanager:CreateSecret",
        resource: unknownSecretArn(caller, name),
        resourceAccount: caller.account,
        context: {
          "secretsmanager:Name": name,
          ...prefixed("aws:RequestTag", tags),
          ...(Object.keys(tags).length === 0 ? {} : { "aws:TagKeys": Object.keys(tags) }),
        },
      },
    ],
    perform: () => {
      if (secrets.find(caller.account, name))
        throw new ServiceError(
          "ResourceExistsException",
          `The operation failed because the secret ${name} already exists.`,
          400,
        );
      const secret = secrets.create(caller.account, caller.region, { name, tags }, now());
      const value = readValue(input);
      if (value.text === undefined && value.binary === undefined)
        return jsonAnswer({ ARN: secret.arn, Name: name }, "1.1");
      const version = putVersion(
        secret,
        value,
        input.text("ClientRequestToken") ?? randomUUID(),
        ["AWSCURRENT"],
        now(),
      );
      return jsonAnswer({ ARN: secret.arn, Name: name, VersionId: version.id }, "1.1");
    },
  };
}

/** Lists the secrets of one page. Supports one filter: the prefix of a tag's name. */
function listSecrets(input: JsonInput, caller: Caller, secrets: Secrets): Call {
  const prefixes = input
    .list("Filters")
    .flatMap(({ Key, Values }) => (Key === "tag-key" ? (Values as readonly string[]) : []));
  return {
    operation: "ListSecrets",
    needs: [{ action: "secretsmanager:ListSecrets", resource: "*", resourceAccount: caller.account, context: {} }],
    perform: () => {
      const found = secrets
        .of(caller.account)
        .filter(({ tags }) => prefixes.every((prefix) => Object.keys(tags).some((tag) => tag.startsWith(prefix))));
      const SecretList = found.map((secret) => ({
        ...descriptionOf(secret),
        SecretVersionsToStages: stagesOf(secret),
      }));
      return jsonAnswer({ SecretList }, "1.1");
    },
  };
}

function secretNeed(
  operation: string,
  secretId: string,
  secret: Secret | undefined,
  caller: Caller,
  input: JsonInput,
): Need {
  const context: ContextValues = {
    "secretsmanager:SecretId": secret?.arn ?? secretId,
    // A call without a version reads AWSCURRENT, and conditions see that stage.
    ...(operation === "GetSecretValue" && input.text("VersionId") === undefined
      ? { "secretsmanager:VersionStage": input.text("VersionStage") ?? "AWSCURRENT" }
      : {}),
    ...(input.text("VersionId") === undefined ? {} : { "secretsmanager:VersionId": input.text("VersionId") ?? "" }),
    ...prefixed("aws:ResourceTag", secret?.tags ?? {}),
  };
  return {
    action: `secretsmanager:${operation}`,
    resource: secret?.arn ?? (secretId.startsWith("arn:") ? secretId : unknownSecretArn(caller, secretId)),
    resourceAccount: secret?.account ?? secretId.split(":")[4] ?? caller.account,
    context,
    ...(secret?.policy === undefined ? {} : { resourcePolicy: secret.policy }),
  };
}

/** Makes the ARN of a missing secret for IAM's decision. The random suffix of its ARN is unknown, so it is made up. */
const unknownSecretArn = (caller: Caller, name: string): string =>
  `arn:aws:secretsmanager:${caller.region}:${caller.account}:secret:${name}-AAAAAA`;

const prefixed = (prefix: string, tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));
