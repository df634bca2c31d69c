import type { MintingRule } from "./minting-rule.ts";

/** Actions that leave a schedule, a subscription or a copy behind. */
export const keepsActing: MintingRule = {
  why: "it starts something that keeps acting or sending data after the session has ended",
  source:
    "API references of these actions: the request sets a schedule, trigger, target or copy that a service keeps up",
  ifWrong: "a permit on a group of actions has effects when the session has ended",
  actions: [
    "events:CreateConnection",
    "events:PutRule",
    "events:PutTargets",
    "events:UpdateConnection",
    "firehose:CreateDeliveryStream",
    "firehose:UpdateDestination",
    "lambda:CreateEventSourceMapping",
    "lambda:UpdateEventSourceMapping",
    "logs:CreateDelivery",
    "logs:PutAccountPolicy", // subscriptions of all log groups
    "logs:PutDestination",
    "logs:PutSubscriptionFilter",
    "pipes:CreatePipe",
    "pipes:UpdatePipe",
    "s3:PutBucketNotification",
    "s3:PutReplicationConfiguration",
    "scheduler:CreateSchedule",
    "scheduler:UpdateSchedule",
    "sns:Subscribe",
    "cloudwatch:PutMetricAlarm", // an alarm's actions stop, reboot and start resources
    "cloudwatch:PutMetricStream", // keeps sending metrics
    "dynamodb:EnableKinesisStreamingDestination",
    "dynamodb:UpdateKinesisStreamingDestination",
    "ec2:CreateFlowLogs",
    "ec2:CreateTrafficMirrorSession", // keeps sending packets
    "ec2:ModifyTrafficMirrorSession",
    "ecr:CreatePullThroughCacheRule", // images from elsewhere under our name
    "ecr:PutReplicationConfiguration",
    "events:CreateApiDestination",
    "events:UpdateApiDestination",
    "glue:CreateTrigger", // starts jobs
    "glue:StartTrigger",
    "glue:UpdateTrigger",
    "iot:CreateTopicRule*",
    "iot:ReplaceTopicRule",
    "lambda:PutFunctionEventInvokeConfig", // a destination for the responses of functions
    "lambda:UpdateFunctionEventInvokeConfig",
    "s3:CreateBucketMetadataTableConfiguration",
    "s3:PutAnalyticsConfiguration", // keeps writing reports to a bucket of the caller's choice
    "s3:PutBucketLogging",
    "s3:PutInventoryConfiguration",
    "s3:PutStorageLensConfiguration",
    "ses:CreateConfigurationSetEventDestination",
    "ses:CreateReceiptRule", // keeps delivering mail elsewhere
    "ses:SetActiveReceiptRuleSet",
    "ses:UpdateConfigurationSetEventDestination",
    "ses:UpdateReceiptRule",
    "cloudwatch:EnableAlarmActions",
    "cloudwatch:PutCompositeAlarm",
    "codecommit:PutRepositoryTriggers",
    "codestar-notifications:CreateNotificationRule",
    "codestar-notifications:Subscribe",
    "codestar-notifications:UpdateNotificationRule",
    "config:PutDeliveryChannel",
    "databrew:CreateSchedule",
    "databrew:UpdateSchedule",
    "ecr:UpdatePullThroughCacheRule",
    "elasticfilesystem:CreateReplicationConfiguration",
    "events:EnableRule",
    "glue:StartCrawlerSchedule",
    "glue:UpdateCrawlerSchedule",
    "guardduty:CreatePublishingDestination",
    "guardduty:UpdatePublishingDestination",
    "iot:ConfirmTopicRuleDestination",
    "iot:EnableTopicRule",
    "iot:UpdateTopicRuleDestination",
    "kafka:CreateReplicator", // copies topics to another cluster
    "logs:CreateLogDelivery",
    "logs:CreateScheduledQuery",
    "logs:PutDeliveryDestination",
    "logs:UpdateLogDelivery",
    "logs:UpdateScheduledQuery",
    "sns:ConfirmSubscription",
  ],
  byName: ["logs:CreateLogDelivery", "logs:UpdateLogDelivery"],
};
