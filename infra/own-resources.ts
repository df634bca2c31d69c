/**
 * Lists the ARNs of valetkey's own table, queues, bus, archive, functions, logs, alarms, secrets and stacks, and of the bucket with its code. Every task is denied
 * these, since the hub's account may be a target too.
 */
export const ownResources = (partition: string): string[] => [
  `arn:${partition}:dynamodb:*:*:table/valetkey*`,
  `arn:${partition}:sqs:*:*:valetkey*`,
  `arn:${partition}:lambda:*:*:function:valetkey-*`,
  `arn:${partition}:logs:*:*:log-group:/aws/*/valetkey*`,
  `arn:${partition}:cloudwatch:*:*:alarm:valetkey-*`,
  `arn:${partition}:events:*:*:rule/valetkey*`,
  `arn:${partition}:events:*:*:event-bus/valetkey*`,
  `arn:${partition}:s3:::cdk-*-assets-*`,
  `arn:${partition}:s3:::valetkey-archive-*`,
  `arn:${partition}:secretsmanager:*:*:secret:valetkey/*`,
  `arn:${partition}:sns:*:*:valetkey*`,
  `arn:${partition}:cloudformation:*:*:stack/valetkey-*`,
];
