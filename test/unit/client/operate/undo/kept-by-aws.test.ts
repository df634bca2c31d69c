import { expect, test } from "vitest";
import { keptOf } from "../../../../../client/operate/tasks/undo/kept-by-aws.ts";

test.each([
  ["s3:PutBucketPolicy", "nothing of a bucket's settings, tags or ACLs"],
  ["dynamodb:PutItem", "point-in-time recovery"],
  ["lambda:InvokeFunction", "a call is not taken back"],
  ["lambda:UpdateFunctionCode", "published versions of a function"],
  ["iam:PutRolePolicy", "nothing of inline policies"],
  ["secretsmanager:PutSecretValue", "AWSPREVIOUS"],
  ["ssm:PutParameter", "the last 100 versions"],
  ["kms:ScheduleKeyDeletion", "its window of 7 to 30 days"],
  ["rds:DeleteDBInstance", "automated backups"],
  ["ecs:RegisterTaskDefinition", "earlier revisions"],
  ["ec2:TerminateInstances", "nothing of a terminated instance"],
  ["cloudformation:DeleteStack", "events of a stack for 90 days"],
  ["sqs:SendMessage", "a sent or deleted message is not taken back"],
  ["sns:Publish", "a published message is not taken back"],
  ["ses:SendEmail", "a sent message is not taken back"],
  ["athena:StartQueryExecution", "unknown here"],
  ["s3-outposts:PutObject", "unknown here"],
  ["s3express:PutObject", "unknown here"],
  ["other", "unknown here"],
  ["", "unknown here"],
])("Of what %s changed, AWS keeps: %s", (action, kept) => {
  expect(keptOf(action)).toContain(kept);
});
