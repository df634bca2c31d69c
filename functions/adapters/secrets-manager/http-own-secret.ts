import { nameOf } from "../aws/aws-fault.ts";
import { httpSecretsManager } from "./http-secrets-manager.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/**
 * Makes the read of one of valetkey's own secrets over the small client, for the path of a vend.
 * The read returns the text at a stage; undefined where no version has it.
 * @throws {Refusal} connector_unavailable, connector_refused.
 */
export function httpOwnSecret(): (name: string, stage: string) => Promise<string | undefined> {
  const ask = httpSecretsManager();
  return async (name, stage) => {
    try {
      const { SecretString: text } = await ask("GetSecretValue", { SecretId: name, VersionStage: stage });
      return typeof text === "string" ? text : undefined;
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") return undefined;
      throw refusalFor(error);
    }
  };
}
