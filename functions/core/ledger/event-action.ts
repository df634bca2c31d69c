import type { Catalogue } from "../catalogue/catalogue.ts";

/** Prefixes of the IAM actions of services that have another name in CloudTrail's events. */
const PREFIXES: Readonly<Record<string, string>> = {
  monitoring: "cloudwatch",
  email: "ses",
  tagging: "tag",
  "data.iot": "iot",
  cloudcontrolapi: "cloudformation",
};

/**
 * IAM actions of events with another name in CloudTrail.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html and the Service Authorization
 * Reference.
 */
const ACTIONS: Readonly<Record<string, string>> = {
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjects": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:ListObjectVersions": "s3:ListBucketVersions",
  "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
  "s3:ListParts": "s3:ListMultipartUploadParts",
  "s3:HeadObject": "s3:GetObject",
  "s3:CopyObject": "s3:PutObject",
  "s3:UploadPart": "s3:PutObject",
  "s3:UploadPartCopy": "s3:PutObject",
  "s3:CreateMultipartUpload": "s3:PutObject",
  "s3:CompleteMultipartUpload": "s3:PutObject",
  "s3:DeleteObjects": "s3:DeleteObject",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
  "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
  "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
  "s3:PostObject": "s3:PutObject",
  "s3:SelectObjectContent": "s3:GetObject",
  "lambda:Invoke": "lambda:InvokeFunction",
  "sqs:SendMessageBatch": "sqs:SendMessage",
  "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
  "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
  "sns:PublishBatch": "sns:Publish",
  "dynamodb:TransactGetItems": "dynamodb:GetItem",
  "bedrock:Converse": "bedrock:InvokeModel",
  "bedrock:ConverseStream": "bedrock:InvokeModelWithResponseStream",
};

/** Version at the end of an event's name: `ListFunctions20150331`, `GetDistribution2020_05_31`, `UpdateFunctionCode20150331v2`. */
const VERSION = /\d{4}_?\d{2}_?\d{2}(v\d+)?$/;

/**
 * Finds the IAM action of an event.
 * @param source `s3.amazonaws.com`.
 * @param name `HeadObject`.
 * @returns `s3:GetObject`; undefined where the catalogue has no such action. Callers then show the event's own name.
 */
export function actionOfEvent(source: string, name: string, catalogue: Catalogue): string | undefined {
  const service = source.replace(/\.amazonaws\.com$/, "");
  const prefix = PREFIXES[service] ?? service;
  const event = `${prefix}:${name.replace(VERSION, "")}`;
  const [actionPrefix = "", actionName = ""] = (ACTIONS[event] ?? event).split(":");
  return catalogue.service(actionPrefix)?.action(actionName)?.name;
}
