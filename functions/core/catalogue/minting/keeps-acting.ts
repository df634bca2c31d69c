import type { MintingRule } from "./minting-rule.ts";

/** What leaves a schedule, a subscription or a copy behind. */
export const keepsActing: MintingRule = {
  why: "it starts something that keeps acting or sending data after the session has ended",
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
  ],
};
