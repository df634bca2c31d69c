/** Facts on copies that AWS keeps of a changed resource, by the beginning of the action. The first that fits counts; each from the service's own documentation. */
const KEPT: readonly (readonly [action: string, kept: string])[] = [
  ["s3:", "nothing of a bucket's settings, tags or ACLs; versions of objects only where their names are in the ledger"],
  [
    "dynamodb:",
    "a table with point-in-time recovery can be restored to a second of the last 35 days, as a new table; others keep nothing",
  ],
  ["lambda:InvokeFunction", "nothing: a call is not taken back"],
  ["lambda:", "published versions of a function until they are deleted; its $LATEST is overwritten"],
  ["iam:", "the last five versions of a managed policy; nothing of inline policies, roles and users"],
  ["secretsmanager:", "the value before, with the stage AWSPREVIOUS; a deleted secret for its window of 7 to 30 days"],
  ["ssm:", "the last 100 versions of a parameter; nothing of commands that were sent"],
  ["kms:", "a key that is to be deleted, for its window of 7 to 30 days; nothing of a key policy"],
  ["rds:", "automated backups of up to 35 days, restored as a new instance, where they are on; snapshots"],
  ["ecs:", "earlier revisions of a task definition"],
  ["ec2:", "snapshots and images where somebody made them; nothing of a terminated instance"],
  ["cloudformation:", "events of a stack for 90 days; a deleted stack keeps what its retention policies name"],
  ["sqs:", "nothing: a sent or deleted message is not taken back"],
  ["sns:", "nothing: a published message is not taken back"],
  ["ses:", "nothing: a sent message is not taken back"],
];

const UNKNOWN = "unknown here: look for backups of the service, and for the call in CloudTrail";

/** Describes what AWS keeps of a resource that an action changed. */
export const keptOf = (action: string): string => KEPT.find(([start]) => action.startsWith(start))?.[1] ?? UNKNOWN;
