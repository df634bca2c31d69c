import type { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { boundedFetch } from "../../functions/adapters/http/bounded-fetch.ts";
import { partitionOf } from "../../functions/core/deployment/partition-of.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";
import { signedPost } from "./signed-post.ts";

type Fields = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 10_000;
const fetchAnswer = boundedFetch(1_048_576);

/**
 * Calls CloudTrail with the credentials and Region of another service's client. Three reads need no SDK client of their
 * own.
 * @throws {Error} with AWS's name of the error.
 */
export async function askCloudTrail({ config }: EventBridgeClient, operation: string, input: Fields): Promise<Fields> {
  const [region, credentials] = [await config.region(), await config.credentials()];
  const url = new URL(endpointIn(region));
  const body = JSON.stringify(input);
  const headers = signedPost(
    {
      ...{ service: "cloudtrail", region, host: url.host, body, at: new Date() },
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": `CloudTrail_20131101.${operation}`,
      },
    },
    credentials,
  );
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const answer = await fetchAnswer(url.href, { method: "POST", headers, body, signal });
  const fields = jsonFields(await answer.text());
  if (answer.status === 200) return fields;
  const type = String(fields.__type ?? `Status${answer.status}`);
  throw Object.assign(new Error(`CloudTrail refused ${operation}`), { name: type.replace(/^.*#/, "") });
}

/** Finds the endpoint as the SDK does: an environment variable for the service, one for all, or AWS's own. */
const endpointIn = (region: string): string =>
  process.env.AWS_ENDPOINT_URL_CLOUDTRAIL ??
  process.env.AWS_ENDPOINT_URL ??
  `https://cloudtrail.${region}.amazonaws.com${partitionOf(region) === "aws-cn" ? ".cn" : ""}`;
