import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { boundedFetch } from "../../../functions/adapters/http/bounded-fetch.ts";
import { partitionOf } from "../../../functions/core/deployment/partition-of.ts";
import { jsonFields } from "../../../functions/core/text/json-fields.ts";
import { signedPost } from "./signed-post.ts";

type Fields = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 10_000;
const fetchAnswer = boundedFetch(1_048_576);

/** Services in AWS's JSON protocol, with the prefix of their operations. */
const TARGETS = { cloudtrail: "CloudTrail_20131101", config: "StarlingDoveService" } as const;

/**
 * Calls CloudTrail or AWS Config with the credentials and Region of another service's client. Five reads need no SDK
 * client of their own.
 * @throws {Error} with AWS's name of the error.
 */
export async function askJson(
  { config }: EventBridgeClient,
  service: keyof typeof TARGETS,
  operation: string,
  input: Fields,
): Promise<Fields> {
  const [region, credentials] = [await config.region(), await config.credentials()];
  const url = new URL(endpointIn(service, region));
  const body = JSON.stringify(input);
  const headers = signedPost(
    {
      service,
      region,
      host: url.host,
      body,
      at: new Date(),
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `${TARGETS[service]}.${operation}`,
      },
    },
    credentials,
  );
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetchAnswer(url.href, { method: "POST", headers, body, signal });
  const fields = jsonFields(await answer.text());
  if (answer.status === 200) return fields;
  const type = String(fields.__type ?? `Status${answer.status}`);
  throw Object.assign(new Error(`${service} refused ${operation}`), { name: type.replace(/^.*#/, "") });
}

/** Finds the endpoint as the SDK does: an environment variable for the service, one for all, or AWS's own. */
const endpointIn = (service: string, region: string): string =>
  process.env[`AWS_ENDPOINT_URL_${service === "config" ? "CONFIG_SERVICE" : "CLOUDTRAIL"}`] ??
  process.env.AWS_ENDPOINT_URL ??
  `https://${service}.${region}.amazonaws.com${partitionOf(region) === "aws-cn" ? ".cn" : ""}`;
