import type { AgentId } from "../../../contract/agent-id.ts";
import type { ActionName } from "../catalogue/action-name.ts";
import type { TagKey } from "../catalogue/catalogue-action.ts";
import type { AccountId } from "../deployment/account-id.ts";
import type { ConditionBlock } from "./detail.ts";
import type { ListedType } from "./listed-types.ts";
import type { Question } from "./question.ts";

/** Pair of one action and one target in an intent, which policy decides by itself. */
export type Pair = ResourcePair | AccountPair | ToolPair | ConnectorPair;

interface AnyPair {
  /** Name of the action; of AWS's, in the catalogue's exact case. */
  readonly action: string;
  /** Groups that policies may name: `s3:Read`, `aws:Read`. An action that mints is in none. */
  readonly groups: readonly string[];
  /** True where the action makes something that outlives the session. */
  readonly mints: boolean;
  readonly isPattern: boolean;
  /** Target in responses and records: an ARN, `*`, `server/tool`, or a connector's name of it. */
  readonly target: string;
  /** Conditions that the intent itself states for this pair alone. */
  readonly stated?: ConditionBlock;
}

/** Action on the resources whose ARN is `target`, or matches it. */
export interface ResourcePair extends AnyPair {
  readonly kind: "resource";
  readonly action: ActionName;
  readonly service: string;
  /** Region; `""` where the ARN carries none (S3). */
  readonly region: string;
  readonly account: AccountId;
  /** True where the ARN itself names its account. */
  readonly arnNamesAccount: boolean;
  /** Condition key of the resources' tags; absent where the action cannot be limited by tags. */
  readonly tagKey?: TagKey;
  /**
   * Types of which the response of a call that names no resource has all that are in the target; absent where there is
   * no such type.
   */
  readonly listed?: readonly ListedType[];
  /** True for a pair of `"*"`: the call that names no resource is requested, and policy must permit it. */
  readonly wantsAll?: true;
}

/** Action on no resource, decided for the account as a whole. */
export interface AccountPair extends AnyPair {
  readonly kind: "account";
  readonly action: ActionName;
  readonly account: AccountId;
  /** True for an action that has resource types too. Calls that name a resource are not part of the pair. */
  readonly namesNone?: true;
}

export interface ToolPair extends AnyPair {
  readonly kind: "tool";
  readonly server: AgentId;
  readonly tool: string;
}

/** Question of a connector. */
export interface ConnectorPair extends AnyPair {
  readonly kind: "connector";
  readonly question: Question;
}
