import { nameOf } from "../aws/aws-fault.ts";
import { AwsService } from "../aws/aws-service.ts";
import { jsonFaultOf } from "../aws/json-fault.ts";
import { refusalFor } from "./secrets-manager-refusal.ts";

/** Bounds of a call, as the SDK's: two attempts of two seconds. */
const BOUNDS = { attempts: 2, connectMs: 1_000, attemptMs: 2_000, wholeMs: 4_500 } as const;

/**
 * Makes the read of one of valetkey's own secrets over the small client (AWS JSON 1.1), for the path of a vend.
 * The read returns the text at a stage; undefined where no version has it.
 * @throws {Refusal} connector_unavailable, connector_refused.
 */
export function httpOwnSecret(): (name: string, stage: string) => Promise<string | undefined> {
  const service = new AwsService("secretsmanager", BOUNDS, jsonFaultOf);
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "secretsmanager.GetSecretValue" };
  return async (name, stage) => {
    try {
      const answer = await service.send(headers, JSON.stringify({ SecretId: name, VersionStage: stage }));
      const { SecretString: text } = JSON.parse(answer) as { readonly SecretString?: unknown };
      return typeof text === "string" ? text : undefined;
    } catch (error) {
      if (nameOf(error) === "ResourceNotFoundException") return undefined;
      throw refusalFor(error);
    }
  };
}
