import type { PolicyDocument } from "./policy-document.ts";

export type ContextValues = Readonly<Record<string, string | readonly string[]>>;

/** Right that a call needs: an action on a resource. A call has one need for each decision of IAM. */
export interface Need {
  /** `dynamodb:PutItem` */
  readonly action: string;
  /** An ARN, or `*` for an action without a resource type. */
  readonly resource: string;
  readonly resourceAccount: string;
  /** Condition keys of this request, beside those that every request has. */
  readonly context?: ContextValues;
  /** The resource's own policy: a role's trust policy, a bucket's policy. */
  readonly resourcePolicy?: PolicyDocument;
  /** True where the caller's own policies must allow it too, even within one account (sts:SetSourceIdentity in a chain). */
  readonly needsIdentityAllow?: boolean;
  /** Access key that the call makes of the caller's own session, where it is allowed. */
  readonly copyKeyId?: string;
}
