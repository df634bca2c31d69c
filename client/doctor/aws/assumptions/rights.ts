import { MARKER } from "./workshop.ts";

/**
 * Policy document with exactly the rights that the probes need. Every resource that can be named has the marker in its
 * name. The holder of these rights can make a role with any right, and become it.
 */
export const rightsOfProbes = ({
  partition,
  account,
  region,
}: {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
}) => {
  const at = (service: string, resource: string, where = region) =>
    `arn:${partition}:${service}:${where}:${account}:${resource}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Roles",
        Effect: "Allow",
        Action: [
          "iam:AttachRolePolicy",
          "iam:CreateRole",
          "iam:DeleteRole",
          "iam:DeleteRolePermissionsBoundary",
          "iam:DeleteRolePolicy",
          "iam:DetachRolePolicy",
          "iam:GetRole",
          "iam:GetRolePolicy",
          "iam:ListAttachedRolePolicies",
          "iam:ListRolePolicies",
          "iam:ListRoleTags",
          "iam:PutRolePermissionsBoundary",
          "iam:PutRolePolicy",
          "iam:TagRole",
          "iam:UpdateAssumeRolePolicy",
          "sts:AssumeRole",
          "sts:SetSourceIdentity",
          "sts:TagSession",
        ],
        Resource: at("iam", `role/${MARKER}-*`, ""),
      },
      {
        Sid: "Boundaries",
        Effect: "Allow",
        Action: ["iam:CreatePolicy", "iam:DeletePolicy"],
        Resource: at("iam", `policy/${MARKER}-*`, ""),
      },
      {
        Sid: "Buckets",
        Effect: "Allow",
        Action: [
          "s3:CreateBucket",
          "s3:DeleteBucket",
          "s3:DeleteObject",
          "s3:PutBucketAbac",
          "s3:PutBucketTagging",
          "s3:PutObject",
          "s3:PutObjectTagging",
        ],
        Resource: [`arn:${partition}:s3:::${MARKER}-*`, `arn:${partition}:s3:::${MARKER}-*/*`],
      },
      {
        Sid: "Tables",
        Effect: "Allow",
        Action: ["dynamodb:CreateTable", "dynamodb:DeleteTable", "dynamodb:DescribeTable"],
        Resource: at("dynamodb", `table/${MARKER}-*`),
      },
      {
        Sid: "Queues",
        Effect: "Allow",
        Action: [
          "sqs:ChangeMessageVisibility",
          "sqs:CreateQueue",
          "sqs:DeleteQueue",
          "sqs:GetQueueUrl",
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ],
        Resource: at("sqs", `${MARKER}-*`),
      },
      {
        Sid: "Buses",
        Effect: "Allow",
        Action: ["events:CreateEventBus", "events:DeleteEventBus", "events:PutEvents"],
        Resource: at("events", `event-bus/${MARKER}-*`),
      },
      {
        Sid: "Secrets",
        Effect: "Allow",
        Action: ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:PutSecretValue"],
        Resource: at("secretsmanager", `secret:${MARKER}-*`),
      },
      {
        Sid: "Stacks",
        Effect: "Allow",
        Action: [
          "cloudformation:CreateStack",
          "cloudformation:DeleteStack",
          "cloudformation:DescribeStackResourceDrifts",
          "cloudformation:DescribeStacks",
          "cloudformation:DetectStackDrift",
          "cloudformation:DetectStackResourceDrift",
          "cloudformation:TagResource",
        ],
        Resource: at("cloudformation", `stack/${MARKER}-*/*`),
      },
      {
        // Both actions take no resource, by the Service Authorization Reference. The first reads whether a detection is
        // over, the second sets a bus's own policy.
        Sid: "WithoutResource",
        Effect: "Allow",
        Action: ["cloudformation:DescribeStackDriftDetectionStatus", "events:PutPermission"],
        Resource: "*",
      },
    ],
  };
};
