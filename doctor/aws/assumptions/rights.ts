import { MARKER } from "./workshop.ts";

/** Policy document with what the probes need, and nothing else: every resource that can be named has the marker in its name. */
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
          "iam:CreateRole",
          "iam:DeleteRole",
          "iam:DeleteRolePolicy",
          "iam:PutRolePolicy",
          "iam:TagRole",
          "sts:AssumeRole",
          "sts:SetSourceIdentity",
          "sts:TagSession",
        ],
        Resource: at("iam", `role/${MARKER}-*`, ""),
      },
      {
        Sid: "Buckets",
        Effect: "Allow",
        Action: ["s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteObject", "s3:PutObject"],
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
          "sqs:ReceiveMessage",
          "sqs:SendMessage",
        ],
        Resource: at("sqs", `${MARKER}-*`),
      },
      {
        Sid: "Buses",
        Effect: "Allow",
        Action: ["events:CreateEventBus", "events:DeleteEventBus", "events:PutEvents", "events:PutPermission"],
        Resource: at("events", `event-bus/${MARKER}-*`),
      },
    ],
  };
};
