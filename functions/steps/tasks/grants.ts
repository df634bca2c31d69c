import type { GrantedAws, Terms } from "../../connectors/aws/plan-leases.ts";
import type { GrantedDetail } from "../../core/connectors/connector.ts";
import type { Bound } from "../../core/delegation/contain.ts";
import type { Delegated } from "../../core/delegation/delegation.ts";
import type { Agent } from "../../core/identity/agent.ts";
import type { ConnectorDetail, Detail } from "../../core/intent/detail.ts";
import type { Requester } from "../../core/policy/entities.ts";
import type { Denial } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";

declare const allowed: unique symbol;
declare const decidedAnew: unique symbol;

/** An intent, or the part of it that policy permits, to an agent that is active. */
export interface Grants {
  readonly [allowed]: true;
  /** What was granted, as details: what was asked for, or less of it. */
  readonly details: readonly Detail[];
  readonly aws: readonly GrantedAws[];
  /** Each detail for which a connector issues a credential, by its place in `details`. */
  readonly connected: readonly GrantedDetail<ConnectorDetail>[];
  readonly terms: Terms;
  /** Ids of the policies that decided, each once. */
  readonly policies: readonly string[];
  /** Policies under watch that would have had a say: `forbid:no-friday-deploys`. */
  readonly shadows: readonly string[];
  /** What a narrow request was not granted. */
  readonly denials: readonly Denial[];
  /** Each pair with all that holds for it: the measure of what may be opened below. */
  readonly bound: Bound;
  /** The registrations that it rests on, as they were read: of those above, and the agent's own. */
  readonly agents: readonly Agent[];
  /** Who asked, when and whence, as policy was told. */
  readonly requester: Requester;
  /** The tasks above, within which all of it lies: of a child, and of no other task. */
  readonly parentScope?: ParentScope;
}

/** What a child may be at most: its parent with what it is granted now, once every task above that one was decided anew for its agent. */
export interface ParentScope {
  readonly [decidedAnew]: true;
  readonly parent: Task;
  readonly grants: Grants;
  /** What the child's record says of it. */
  readonly delegated: Delegated;
  /** Where it is about to be opened: the delegation that it uses up, and how long that lets it live. */
  readonly delegation?: { readonly hash: string; readonly expiresAt: number };
}
