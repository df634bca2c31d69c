import type { ConnectorType } from "../connectors/connector-type.ts";

/** What an agent says that it is about to do: RFC 9396 details, as parsed. Unbelieved until policy has spoken. */
export type Detail = AwsDetail | ToolDetail | ConnectorDetail;

/** An IAM condition block: operator -> key -> values. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface AwsDetail {
  readonly type: "aws";
  readonly account: string;
  /** As asked: names, or patterns such as `s3:Get*`. */
  readonly actions: readonly string[];
  /** ARNs whose resource part may hold `*`; `"*"` for actions without a resource type. */
  readonly resources: readonly string[];
  /** Go into the Allow, so they can only narrow. */
  readonly conditions?: ConditionBlock;
  /** The lease that it is part of, where one detail was granted in parts: the first of them counts from 0, as all details do. */
  readonly lease?: number;
}

export interface ToolDetail {
  readonly type: "tool";
  /** The tool server's own registered id. */
  readonly server: string;
  readonly tools: readonly string[];
}

/** One part of an intent, as its connector has parsed it. */
export interface TypedDetail {
  readonly type: string;
}

/** A detail that a connector has parsed: what is in it beside its type is that connector's alone. */
export interface ConnectorDetail extends TypedDetail {
  readonly type: ConnectorType;
}

/** Limits of one request (docs/design.md#limits-of-a-request). */
export const LIMITS = {
  details: 10,
  pairs: 50,
  arnCharacters: 512,
  bodyBytes: 32_768,
  purposeCharacters: 256,
  leases: 5,
} as const;
