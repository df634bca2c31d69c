import { AwsService } from "../aws/aws-service.ts";
import { jsonFaultOf } from "../aws/json-fault.ts";

/** Answer of Secrets Manager; every member is yet to be checked. */
type Members = Readonly<Record<string, unknown>>;

/** Calls of Secrets Manager that only read. */
type Read = "DescribeSecret" | "GetSecretValue";

/**
 * Makes a reader of Secrets Manager over the small client (AWS JSON 1.1), for the path of a vend. The bounds are the SDK's: two attempts.
 * The reader throws {@link AwsFault}.
 * @param attemptMs longest duration of one attempt; milliseconds.
 */
export function httpSecretsManager(attemptMs = 2_000): (read: Read, input: Members) => Promise<Members> {
  const bounds = { attempts: 2, connectMs: 1_000, attemptMs, wholeMs: 2 * attemptMs + 500 };
  const service = new AwsService("secretsmanager", bounds, jsonFaultOf);
  return async (read, input) => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `secretsmanager.${read}` };
    return JSON.parse(await service.send(headers, JSON.stringify(input))) as Members;
  };
}
