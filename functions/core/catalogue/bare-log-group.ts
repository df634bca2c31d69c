import type { ParsedArn } from "./arn.ts";
import type { CatalogueAction } from "./catalogue-action.ts";
import type { Problem } from "./problem.ts";

/**
 * Explains that an ARN without a group's name means all groups (`log-group::log-stream:` is what IAM evaluates for a
 * list), and that CloudWatch Logs has IAM evaluate `log-group:NAME:*`, so that a grant on `log-group:NAME` would silently
 * grant nothing. Only actions on tags are evaluated on the name alone.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html ("CloudWatch
 * Logs resources and operations")
 */
export function bareLogGroup({ name, service }: CatalogueAction, arns: readonly ParsedArn[]): Problem | undefined {
  if (service !== "logs") return undefined;
  const nameless = arns.find(({ resource }) => resource.startsWith("log-group::"));
  if (nameless)
    return { problem: `${nameless.text} names no log group; for all of them, write log-group:* in its place.` };
  if (name.includes("Tag")) return undefined;
  const bare = arns.find(({ resource }) => /^log-group:[^:]*[^:*]$/.test(resource));
  return (
    bare && {
      problem: `IAM checks ${name} on ${bare.text}:*, so ask for that: CloudWatch Logs adds the part behind the name.`,
    }
  );
}
