import { ACCOUNT, AT } from "../../unit/core/proof/ask.ts";
import type { Call } from "../aws-request.ts";
import type { Request } from "../second-evaluator/policy.ts";
import { BUCKET, INSTANCES, NAMES } from "./any-text.ts";

/** A call as AWS sends it to IAM, and as Cedar knows it. */
export interface TriedCall {
  readonly request: Request;
  readonly call: Call;
}

const TAGS: readonly Readonly<Record<string, string>>[] = [
  {},
  { t: "a" },
  { t: "A" },
  { t: "ab", u: "a" },
  { u: "b" },
  { t: "" },
];
const KINDS = [
  { action: "s3:GetObject", head: BUCKET, told: "s3:ExistingObjectTag", accounts: [ACCOUNT, "444455556666"] },
  { action: "s3:PutObject", head: BUCKET, told: undefined, accounts: [ACCOUNT] },
  { action: "ec2:StartInstances", head: INSTANCES, told: "aws:ResourceTag", accounts: [ACCOUNT] },
] as const;
/**
 * Circumstances of a call: its moment (before, near or after the fence), its address, and whether a service makes it.
 */
const CIRCUMSTANCES = [
  { at: AT, sourceIp: "192.0.2.7", byService: false },
  { at: AT + 660, sourceIp: "203.0.113.77", byService: false },
  { at: AT + 300, sourceIp: "192.0.2.7", byService: true },
] as const;

/** Keys of the principal and of the request, not of a resource. The second entry has the other choice of each. */
const OWN = [
  { "aws:username": "user", "aws:PrincipalTag/t": "a", "s3:prefix": "a", "aws:SecureTransport": "true" },
  { "aws:username": "s3", "aws:PrincipalAccount": ACCOUNT, "ec2:Region": "A", "aws:SecureTransport": "false" },
] as const;

const contextOf = (
  account: string,
  { at, sourceIp, byService }: (typeof CIRCUMSTANCES)[number],
  own: number,
): Request["context"] => ({
  "aws:ResourceAccount": account,
  "aws:CurrentTime": new Date(at * 1_000).toISOString().replace(".000Z", "Z"),
  "aws:EpochTime": String(at),
  "aws:SourceIp": sourceIp,
  "aws:ViaAWSService": String(byService),
  ...OWN[own % 2],
});

const named: readonly TriedCall[] = KINDS.flatMap(({ action, head, told, accounts }) =>
  NAMES.flatMap((name, place) =>
    accounts.flatMap((account) =>
      TAGS.flatMap((tags, kind) =>
        CIRCUMSTANCES.filter((_, index) => index === 0 || (place + kind) % 3 === 0).map((each): TriedCall => {
          const own = Object.entries(tags).map(([key, value]) => [`${told}/${key}`, value]);
          // IAM may receive the bucket's tags, which are not the object's.
          const ofBucket = head === BUCKET && place % 2 === 0 ? { "aws:ResourceTag/t": "a" } : {};
          const context = { ...contextOf(account, each, place + kind), ...ofBucket };
          return {
            request: {
              action,
              resource: head + name,
              context: { ...context, ...(told ? Object.fromEntries(own) : {}) },
            },
            call: {
              action,
              resource: head + name,
              resourceAccount: account,
              tags,
              bucketTags: {},
              hasAbac: true,
              atMs: each.at * 1_000,
              sourceIp: each.sourceIp,
              byService: each.byService,
            },
          };
        }),
      ),
    ),
  ),
);

/** S3 lists all buckets for an Allow on `arn:aws:s3:::*` as well. */
const lists: readonly TriedCall[] = ["*", "arn:aws:s3:::*"].flatMap((resource) =>
  CIRCUMSTANCES.map((each, own) => ({
    request: { action: "s3:ListAllMyBuckets", resource, context: contextOf(ACCOUNT, each, own) },
    call: {
      action: "s3:ListAllMyBuckets",
      resource: "*",
      resourceAccount: ACCOUNT,
      tags: {},
      bucketTags: {},
      hasAbac: true,
      atMs: each.at * 1_000,
      sourceIp: each.sourceIp,
      byService: each.byService,
    },
  })),
);

export const TRIED_CALLS: readonly TriedCall[] = [...named, ...lists];
