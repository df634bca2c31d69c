import type { AgentId } from "../../../contract/agent-id.ts";
import type { ActionPattern } from "../catalogue/action-name.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { ConnectorType } from "../deployment/connector-type.ts";

/** Detail of an intent (RFC 9396), as parsed: what the agent requests. Grants nothing before policy has decided. */
export type Detail = AwsDetail | ToolDetail | ConnectorDetail;

/** IAM condition block: operator -> key -> values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface AwsDetail {
  readonly type: "aws";
  readonly account: AccountId;
  /** Requested actions: names, or patterns such as `s3:Get*`. */
  readonly actions: readonly ActionPattern[];
  /** ARNs whose resource part may hold `*`; `"*"` for actions without a resource type. */
  readonly resources: readonly string[];
  /** Conditions for the session policy's Allow, which they can only narrow. */
  readonly conditions?: ConditionBlock;
  /**
   * Number of the lease that serves the detail (`aws-0`); several details share a lease. Set once the task's leases are
   * planned.
   */
  readonly lease?: number;
}

export interface ToolDetail {
  readonly type: "tool";
  /** Registered agent id of the tool server. */
  readonly server: AgentId;
  readonly tools: readonly string[];
}

/** Parsed detail with its type. */
export interface TypedDetail {
  readonly type: string;
}

/** Detail that a connector has parsed. Only that connector reads its other fields. */
export interface ConnectorDetail extends TypedDetail {
  readonly type: ConnectorType;
}
