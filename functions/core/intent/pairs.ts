import type { TagKey } from "../catalogue/catalogue-action.ts";
import type { Question } from "../connectors/connector.ts";

/** One thing that an intent asks for: one action on one target, which policy decides by itself. */
export type Pair = ResourcePair | AccountPair | ToolPair | ConnectorPair;

interface AnyPair {
  /** In the catalogue's exact case. */
  readonly action: string;
  /** `s3:Read`, `aws:Read`: the groups that policies may name. An action that mints is in none. */
  readonly groups: readonly string[];
  /** Whether it hands out something that outlives the session. */
  readonly mints: boolean;
  readonly isPattern: boolean;
  /** As the answer and the record name it: an ARN, `*`, `server/tool`, or what a connector calls it. */
  readonly target: string;
}

/** An action on the resources whose ARN is `target`, or matches it. */
export interface ResourcePair extends AnyPair {
  readonly kind: "resource";
  readonly service: string;
  /** `""` where the ARN carries none (S3). */
  readonly region: string;
  readonly account: string;
  /** Whether the ARN itself names its account. */
  readonly arnNamesAccount: boolean;
  /** The condition key under which IAM knows the tags of what the ARN names; nothing where the action cannot be limited by them. */
  readonly tagKey?: TagKey;
}

/** An action that has no resource type: decided for the account as a whole. */
export interface AccountPair extends AnyPair {
  readonly kind: "account";
  readonly account: string;
}

export interface ToolPair extends AnyPair {
  readonly kind: "tool";
  readonly server: string;
  readonly tool: string;
}

/** What a connector asks about one thing. */
export interface ConnectorPair extends AnyPair {
  readonly kind: "connector";
  readonly question: Question;
}
