import type { AnchorPlace } from "../functions/core/archive/anchor.ts";
import { type AnchoredHub, anchorArn, functionRoleArn } from "./arns.ts";

/**
 * Policy of the bucket for checkpoints in another account. Only the hub's `archive` adds objects, and it can replace none. Only `journal` reads them. A condition
 * names the two roles: a role as a principal would have to exist when the policy is written.
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
      // A put without this header would replace. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
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
