import { partitionOf } from "../../core/deployment/partition-of.ts";

/** AWS services that are called by the small client, under their names in hosts and signatures. */
export type ServiceName = "dynamodb" | "sts" | "secretsmanager" | "events";

/** Names of the services in `AWS_ENDPOINT_URL_<NAME>`. */
const VARIABLES = {
  dynamodb: "DYNAMODB",
  sts: "STS",
  secretsmanager: "SECRETS_MANAGER",
  events: "EVENTBRIDGE",
} as const;

/** Region and address of a service for this function: in its own Region, or where the environment says, as the SDK reads it. */
export function serviceEndpoint(service: ServiceName): { readonly region: string; readonly url: URL } {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: any } = process.env;
  if (!region) throw new Error("no Region in the environment (AWS_REGION)");
  const given = process.env[`AWS_ENDPOINT_URL_${VARIABLES[service]}`] || any;
  const suffix = partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return { region, url: new URL(given || `https://${service}.${region}.${suffix}`) };
}
