/**
 * Text between a parent's name and a child's, for actions of which IAM checks the parent alone and a call reaches the
 * child's contents. The proof's own reading of the same pages as the compiler's table (`functions/core/iam-facts`):
 * "How Parameter Store authorizes parameter retrieval", AWS Systems Manager User Guide; the only resource types of the
 * others, Service Authorization Reference.
 */
export function belowOf(action: string): string | undefined {
  if (action === "ssm:GetParametersByPath") return "/";
  if (LOGS.test(action)) return ":log-stream:";
  return STORES[action];
}

const LOGS =
  /^logs:(CreateExportTask|DeleteLogGroup|FilterLogEvents|Get(LogGroupFields|LogRecord|QueryResults)|Put(RetentionPolicy|SubscriptionFilter)|Start(LiveTail|Query))$/;

const STORES: Readonly<Record<string, string>> = {
  "agent-registry:SearchDiscoverableRegistryRecords": "/record/",
  "auditmanager:GetEvidenceFoldersByAssessment": "/controlSet/",
  "cases:SearchAllRelatedItems": "/case/",
  "cases:SearchCases": "/case/",
  "connect:SearchContacts": "/contact/",
  "iottwinmaker:ExecuteQuery": "/entity/",
  "medical-imaging:SearchImageSets": "/imageset/",
};
