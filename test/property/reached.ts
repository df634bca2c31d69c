import type { Call } from "./aws-request.ts";

/**
 * Resources that a call reads although IAM checks only what holds them. Written out from AWS's documentation, not read
 * from the code under test. Sources: "How Parameter Store authorizes parameter retrieval", AWS Systems Manager User
 * Guide; the Service Authorization Reference of Amazon CloudWatch Logs, which lists the group as the only resource.
 */
export function reached({ action, resource }: Pick<Call, "action" | "resource">): readonly string[] {
  if (action === "ssm:GetParametersByPath") return ["/b", "/b/c", "/x"].map((name) => `${resource}${name}`);
  if (!OF_GROUPS.has(action)) return [];
  return ["secret", "app"].map((stream) => `${resource.replace(/:\*$/, "")}:log-stream:${stream}`);
}

const OF_GROUPS = new Set(["logs:CreateExportTask", "logs:FilterLogEvents", "logs:GetLogRecord"]);
