import type { Denial } from "../../../contract/refusals.ts";
import type { GrantedAws } from "../../connectors/aws/granted-aws.ts";
import type { Terms } from "../../connectors/aws/plan-leases.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { GrantedDetail } from "../../core/connectors/connector.ts";
import type { Bound } from "../../core/delegation/contain.ts";
import type { Delegated, Delegation } from "../../core/delegation/delegation.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { ConnectorDetail, Detail } from "../../core/intent/detail.ts";
import type { Requester } from "../../core/policy/entities.ts";
import type { NeededVotes } from "../../core/policy/needed-votes.ts";
import type { Task } from "../../core/tasks/task.ts";

declare const allowed: unique symbol;
declare const unapproved: unique symbol;
declare const decidedAnew: unique symbol;
declare const alone: unique symbol;

/**
 * Granted intent of an active agent, on which credentials may be issued: no approval is needed, or people have approved
 * exactly this.
 */
export interface Grants extends GrantedIntent {
  readonly [allowed]: true;
  /** Record that people approved; absent where no approval was needed. */
  readonly approved?: ApprovalRecord;
}

/** Granted intent that people have to approve before anything may be issued on it. */
export interface UnapprovedGrants extends GrantedIntent {
  readonly [unapproved]: true;
  /** Votes that the approval needs. */
  readonly needed: readonly NeededVotes[];
}

/** Granted intent: the requested one, or the part that policy permits. */
export interface GrantedIntent {
  /** Details as the request or the task's record states them, before the decision. */
  readonly written: readonly Detail[];
  /** Granted details: the requested ones or parts of them. */
  readonly details: readonly Detail[];
  readonly aws: readonly GrantedAws[];
  /** Details for which a connector issues a credential, each with its index in `details`. */
  readonly connected: readonly GrantedDetail<ConnectorDetail>[];
  readonly terms: Terms;
  /** Ids of the policies that decided, each once. */
  readonly policies: readonly string[];
  /** Observed policies that would have taken part in the decision: `forbid:no-friday-deploys`. */
  readonly shadows: readonly string[];
  /** Denied parts of a narrow request. */
  readonly denials: readonly Denial[];
  /** Granted pairs whose effect outlives the task, and that no revocation reaches. */
  readonly outlives: readonly Pick<Denial, "action" | "target">[];
  /** Granted pairs with their conditions, which bound the tasks that may be opened below. */
  readonly bound: Bound;
  /** Labels of the granted pairs that policy keeps apart from others, in order. */
  readonly labels: readonly string[];
  /** Registrations that the decision used, as they were read: the agent's own, and those of the tasks above. */
  readonly agents: readonly KnownAgent[];
  /** Agent, time and address of the request, as policy read them. */
  readonly requester: Requester;
  /** Makes the same decision by the conditions of the world that are known now, and by the present time. */
  readonly decideAgain: () => Promise<Grants | UnapprovedGrants>;
  /** Bounds by the tasks above; only for a child. */
  readonly parentScope?: ParentScope;
  /**
   * Set where a part is in production and nobody has accepted the agent's threat model. The gate allows that until its
   * date.
   */
  readonly isUnaccepted?: true;
}

/**
 * Bounds of a child: its parent with the parent's present grants. Every task above was decided anew for its own agent.
 */
export interface ParentScope {
  readonly [decidedAnew]: true;
  readonly parent: Task;
  readonly grants: Grants;
  /** Delegation as the child's record holds it. */
  readonly delegated: Delegated;
  /** Delegation that a new child uses up, with the latest end of the child; absent for an open child. */
  readonly delegation?: Pick<Delegation, "hash" | "expiresAt" | "listed">;
}

/**
 * Proof that no task above bounds a request or a task. `noParentOf` makes it from a request, `noParentAbove` from a
 * root.
 */
export interface NoParent {
  readonly [alone]: true;
}
