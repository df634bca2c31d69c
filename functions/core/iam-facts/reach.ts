import type { Fact } from "./fact.ts";

/** Actions that IAM checks on a path, group or store alone, although a call reaches what is below. */
interface ReachBelow extends Fact {
  readonly actions: readonly string[];
  /** ARN form, behind the fifth colon, of what is below. `NAME` is in place of each name. */
  readonly children: string;
}

const PARENT_ALONE = "Service Authorization Reference: the parent is the only resource type of the action";
const STREAMS = "log-group:NAME:log-stream:NAME";

/**
 * Reach that IAM does not check. Where a forbid covers some of what is below, the pair is refused: no Deny of the
 * session policy would hold there. The rows are about contents. Names of children belong to their parent
 * (`s3:ListBucket`, `logs:DescribeLogStreams`).
 */
export const REACHES_BELOW: readonly ReachBelow[] = [
  {
    actions: ["ssm:GetParametersByPath"],
    children: "parameter/NAME",
    source: '"How Parameter Store authorizes parameter retrieval", AWS Systems Manager User Guide',
    ifWrong: "the values of forbidden parameters are read",
  },
  {
    actions: ["logs:FilterLogEvents", "logs:GetQueryResults", "logs:StartLiveTail", "logs:StartQuery"],
    children: STREAMS,
    source: PARENT_ALONE,
    ifWrong: "the events of a forbidden stream are read",
  },
  {
    actions: ["logs:CreateExportTask", "logs:GetLogRecord", "logs:GetLogGroupFields"],
    children: STREAMS,
    source: PARENT_ALONE,
    ifWrong: "the events of a forbidden stream are exported to a bucket, or read one by one",
  },
  {
    actions: ["logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:PutSubscriptionFilter"],
    children: STREAMS,
    source: `${PARENT_ALONE}; Amazon CloudWatch Logs API reference: the call acts on all events of the group`,
    ifWrong: "the events of a forbidden stream are deleted, or sent elsewhere",
  },
  {
    actions: ["cases:SearchAllRelatedItems", "cases:SearchCases"],
    children: "domain/NAME/case/NAME",
    source: PARENT_ALONE,
    ifWrong: "forbidden cases are read",
  },
  {
    actions: ["connect:SearchContacts"],
    children: "instance/NAME/contact/NAME",
    source: PARENT_ALONE,
    ifWrong: "forbidden contacts are read",
  },
  {
    actions: ["iottwinmaker:ExecuteQuery"],
    children: "workspace/NAME/entity/NAME",
    source: PARENT_ALONE,
    ifWrong: "forbidden entities are read",
  },
  {
    actions: ["medical-imaging:SearchImageSets"],
    children: "datastore/NAME/imageset/NAME",
    source: PARENT_ALONE,
    ifWrong: "forbidden image sets are found",
  },
  {
    actions: ["agent-registry:SearchDiscoverableRegistryRecords"],
    children: "registry/NAME/record/NAME",
    source: PARENT_ALONE,
    ifWrong: "forbidden records are read",
  },
  {
    actions: ["auditmanager:GetEvidenceFoldersByAssessment"],
    children: "assessment/NAME/controlSet/NAME",
    source: PARENT_ALONE,
    ifWrong: "the evidence of a forbidden control set is read",
  },
];
