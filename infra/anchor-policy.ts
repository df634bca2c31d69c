import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import { type AnchoredHub, anchorArn, functionRoleArn } from "./arns.ts";

/**
 * Policy of the bucket that holds checkpoints in another account: the hub's `archive` alone adds objects, and replaces none, and `journal` alone reads them. Named by a condition: a
 * principal that is a role has to exist when the policy is written.
 */
export const anchorPolicy = (place: AnchorPlace, hub: AnchoredHub) => [
  {
    Sid: "ArchiveAddsCheckpoints",
    Effect: "Allow",
    Principal: { AWS: `arn:${hub.partition}:iam::${hub.account}:root` },
    Action: ["s3:PutObject"],
    Resource: [anchorArn(place, hub)],
    Condition: {
      ArnEquals: { "aws:PrincipalArn": functionRoleArn("archive", hub) },
      // A put without it replaces. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
      Null: { "s3:if-none-match": "false" },
    },
  },
  {
    Sid: "JournalReadsCheckpoints",
    Effect: "Allow",
    Principal: { AWS: `arn:${hub.partition}:iam::${hub.account}:root` },
    Action: ["s3:GetObject"],
    Resource: [anchorArn(place, hub)],
    Condition: { ArnEquals: { "aws:PrincipalArn": functionRoleArn("journal", hub) } },
  },
];
