import { randomBytes, sign } from "node:crypto";
import { jsonAnswer } from "../answers.ts";
import type { Call, Caller, Service } from "../service.ts";
import { ServiceError } from "../service-error.ts";
import { decryptWith, type EncryptionContext, type EncryptionKeys, encryptWith, keyArnIn } from "./encryption-keys.ts";
import { JsonInput } from "./json-input.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** Longest message that is signed raw, bytes. */
const MOST_BYTES = 4_096;

/**
 * KMS: GetPublicKey and Sign of Ed25519 keys, GenerateDataKey and Decrypt of symmetric ones.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
 */
export function kmsService(keys: SigningKeys, encryptionKeys: EncryptionKeys): Service {
  return {
    name: "kms",
    format: "json",
    open(request, caller): Call {
      const input = new JsonInput(request, "TrentService");
      const { operation } = input;
      if (operation === "GenerateDataKey" || operation === "Decrypt")
        return openSymmetric(operation, input, caller, encryptionKeys);
      if (operation !== "GetPublicKey" && operation !== "Sign")
        throw new ServiceError("UnknownOperationException", `The embedded KMS does not do ${operation}.`, 400);
      const name = input.requiredText("KeyId");
      const key = keys.find(caller.account, name.replace(/^arn:[^/]*:(key\/)?/, ""));
      if (!key) throw new ServiceError("NotFoundException", `Key ${name} does not exist`, 400);
      const arn = `arn:aws:kms:${caller.region}:${key.account}:key/${key.id}`;
      const need = {
        action: `kms:${operation}`,
        resource: arn,
        resourceAccount: key.account,
        resourcePolicy: key.policy,
        context: { "kms:ResourceAliases": [key.alias] },
      };
      const perform = () => {
        if (operation === "GetPublicKey") {
          const PublicKey = key.publicKey.export({ format: "der", type: "spki" }).toString("base64");
          const KeySpec = "ECC_NIST_EDWARDS25519";
          return jsonAnswer({ KeyId: arn, PublicKey, KeySpec, KeyUsage: "SIGN_VERIFY" }, "1.1");
        }
        const message = Buffer.from(input.requiredText("Message"), "base64");
        const [algorithm, type] = [input.requiredText("SigningAlgorithm"), input.text("MessageType") ?? "RAW"];
        if (algorithm !== "ED25519_SHA_512" || type !== "RAW")
          throw new ServiceError(
            "InvalidKeyUsageException",
            `The embedded KMS does not sign by ${algorithm}, ${type}.`,
            400,
          );
        if (message.length > MOST_BYTES) throw new ServiceError("ValidationException", "The message is too long.", 400);
        const Signature = sign(null, message, key.privateKey).toString("base64");
        return jsonAnswer({ KeyId: arn, Signature, SigningAlgorithm: algorithm }, "1.1");
      };
      return { operation, needs: [need], perform };
    },
  };
}

/** Opens a call of a symmetric key. The encryption context becomes condition keys. */
function openSymmetric(
  operation: "GenerateDataKey" | "Decrypt",
  input: JsonInput,
  caller: Caller,
  keys: EncryptionKeys,
): Call {
  const context = contextIn(input);
  const blob = operation === "Decrypt" ? Buffer.from(input.requiredText("CiphertextBlob"), "base64") : undefined;
  const name = blob ? keyArnIn(blob) : input.requiredText("KeyId");
  const key = name === undefined ? undefined : keys.named(caller.account, name);
  if (!key)
    throw blob
      ? new ServiceError("InvalidCiphertextException", "The ciphertext is not one of this account's keys.", 400)
      : new ServiceError("NotFoundException", `Key ${name} does not exist`, 400);
  const need = {
    action: `kms:${operation}`,
    resource: key.arn,
    resourceAccount: key.account,
    resourcePolicy: key.policy,
    context: {
      "kms:ResourceAliases": [key.alias],
      "kms:EncryptionContextKeys": Object.keys(context),
    },
  };
  const perform = () => {
    if (key.isDisabled) throw new ServiceError("DisabledException", `${key.arn} is disabled.`, 400);
    const plain = blob ? decryptWith(key, blob, context) : randomBytes(32);
    return jsonAnswer(
      {
        KeyId: key.arn,
        Plaintext: plain.toString("base64"),
        ...(blob ? {} : { CiphertextBlob: encryptWith(key, plain, context).toString("base64") }),
      },
      "1.1",
    );
  };
  return { operation, needs: [need], perform };
}

/** Reads the encryption context: pairs of texts. */
function contextIn(input: JsonInput): EncryptionContext {
  const given = input.raw("EncryptionContext") ?? {};
  const pairs = Object.entries(given as object);
  if (pairs.every(([, value]) => typeof value === "string")) return Object.fromEntries(pairs);
  throw new ServiceError("ValidationException", "The encryption context has texts only.", 400);
}
