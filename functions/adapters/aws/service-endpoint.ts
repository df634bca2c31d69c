import { partitionOf } from "../../core/deployment/partition-of.ts";

/** AWS services that the small client calls, by their names in hosts and signatures. */
export type ServiceName = "dynamodb" | "sts" | "secretsmanager" | "events";

/** Names of the services in `AWS_ENDPOINT_URL_<NAME>`. */
const VARIABLES = {
  dynamodb: "DYNAMODB",
  sts: "STS",
  secretsmanager: "SECRETS_MANAGER",
  events: "EVENTBRIDGE",
} as const;

/**
 * Returns the Region and the address of a service for this function. Reads the environment as the SDK does; by default,
 * the address is in the function's own Region.
 */
export function serviceEndpoint(service: ServiceName): { readonly region: string; readonly url: URL } {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: any } = process.env;
  if (!region) throw new Error("no Region in the environment (AWS_REGION)");
  const given = process.env[`AWS_ENDPOINT_URL_${VARIABLES[service]}`] || any;
  const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return { region, url: new URL(given || `https://${service}.${region}.${suffix}`) };
}
