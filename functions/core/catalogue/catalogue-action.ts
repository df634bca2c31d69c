import type { AccessLevel } from "./access-level.ts";
import type { ActionName } from "./action-name.ts";
import type { ArnTemplate } from "./arn-template.ts";

/** Condition key of a resource's tags in IAM. */
export interface TagKey {
  /** Prefix of the key, before the tag's name: `aws:ResourceTag`, or `s3:ExistingObjectTag` for objects in S3. */
  readonly prefix: string;
  /**
   * True where IAM always sees the tags. False for buckets, whose tags IAM sees only with ABAC enabled. A Deny must not
   * depend on the presence of such a tag.
   */
  readonly isCertain: boolean;
}

/** A resource type that an action works on. */
export interface ActionResource {
  /** AWS's name of the type: `object`, `bucket`. */
  readonly name: string;
  /**
   * True where the Service Authorization Reference stars the type. `uncovered` defines the consequence for a request.
   */
  readonly required: boolean;
  /** Condition key of the resource's tags; absent where the action cannot be limited by tags. */
  readonly tagKey?: TagKey;
  /** ARN forms with variables, `arn:${Partition}:s3:::${BucketName}/${ObjectName}`; some types have two. */
  readonly arns: readonly string[];
  /** `arns`, compiled for matching. */
  readonly templates: readonly ArnTemplate[];
}

/** An AWS action, as the Service Authorization Reference describes it. */
export interface CatalogueAction {
  /** Name in AWS's own case: `s3:GetObject`. Cedar compares names exactly, IAM without case. */
  readonly name: ActionName;
  readonly service: string;
  readonly levels: readonly AccessLevel[];
  /** Resource types; empty for an action without any, which takes only `"*"`. */
  readonly resourceTypes: readonly ActionResource[];
  /** True where the action makes something that outlives or escapes the session: see `minting/minting.ts`. */
  readonly mints: boolean;
}
