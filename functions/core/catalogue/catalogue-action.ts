import type { AccessLevel } from "./access-level.ts";
import type { ArnTemplate } from "./arn-template.ts";

/** How IAM is told the tags of a resource. */
export interface TagKey {
  /** Prefix of the condition key, before the tag's own name: `aws:ResourceTag`, and for an object of S3 `s3:ExistingObjectTag`. */
  readonly prefix: string;
  /** True where IAM is told whatever tags there are. Of a bucket it is told none unless the bucket has ABAC: a Deny must not ask whether a tag is there. */
  readonly isCertain: boolean;
}

/** One kind of resource that an action works on. */
export interface ActionResource {
  /** AWS's name for it: `object`, `bucket`. */
  readonly name: string;
  /** Starred in the Service Authorization Reference; what that means for a request is defined in `uncovered`. */
  readonly required: boolean;
  /** The condition key under which IAM knows its tags at the call; nothing where the action cannot be limited by them. */
  readonly tagKey?: TagKey;
  /** Its ARN, with variables: `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; some kinds have two. */
  readonly arns: readonly string[];
  /** `arns`, ready for matching. */
  readonly templates: readonly ArnTemplate[];
}

/** One AWS action, as the Service Authorization Reference describes it. */
export interface CatalogueAction {
  /** In AWS's own case: `s3:GetObject`. Cedar compares it exactly, IAM without regard to case. */
  readonly name: string;
  readonly service: string;
  readonly levels: readonly AccessLevel[];
  /** Empty: the action works on no resource that could be named, and takes `"*"` only. */
  readonly resourceTypes: readonly ActionResource[];
  /** Whether it makes something that outlives or escapes the session: see `minting/minting.ts`. */
  readonly mints: boolean;
}
