import type { GrantedAws } from "../../connectors/aws/granted-aws.ts";
import type { Terms } from "../../connectors/aws/plan-leases.ts";
import type { ApprovalRecord } from "../../core/approvals/approval-record.ts";
import type { GrantedDetail } from "../../core/connectors/connector.ts";
import type { Bound } from "../../core/delegation/contain.ts";
import type { Delegated } from "../../core/delegation/delegation.ts";
import type { KnownAgent } from "../../core/identity/agent.ts";
import type { ConnectorDetail, Detail } from "../../core/intent/detail.ts";
import type { Requester } from "../../core/policy/entities.ts";
import type { NeededVotes } from "../../core/policy/needed-votes.ts";
import type { Denial } from "../../core/refusal.ts";
import type { Task } from "../../core/tasks/task.ts";

declare const allowed: unique symbol;
declare const unapproved: unique symbol;
declare const decidedAnew: unique symbol;
declare const alone: unique symbol;

/** Granted intent of an active agent, on which credentials may be issued: people were not to be asked, or have approved exactly this. */
export interface Grants extends GrantedIntent {
  readonly [allowed]: true;
  /** Record that people approved, where they were asked. */
  readonly approved?: ApprovalRecord;
}

/** Granted intent that people have to approve first: nothing may be issued on it. */
export interface UnapprovedGrants extends GrantedIntent {
  readonly [unapproved]: true;
  /** Votes that it needs. */
  readonly needed: readonly NeededVotes[];
}

/** Granted intent: the requested one, or the part that policy permits. */
export interface GrantedIntent {
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
  /** Registrations that the decision used, as they were read: the agent's own, and those of the tasks above. */
  readonly agents: readonly KnownAgent[];
  /** Agent, time and address of the request, as policy read them. */
  readonly requester: Requester;
  /** Bounds by the tasks above; only for a child. */
  readonly parentScope?: ParentScope;
  /** Set where something of it is in production though nobody has accepted the agent's threat model, until the gate's date. */
  readonly isUnaccepted?: true;
}

/** Bounds of a child: its parent with the parent's present grants, after every task above was decided anew for its own agent. */
export interface ParentScope {
  readonly [decidedAnew]: true;
  readonly parent: Task;
  readonly grants: Grants;
  /** Delegation as the child's record holds it. */
  readonly delegated: Delegated;
  /** For a child that is about to be opened: the delegation that it uses up, and until when it may live. */
  readonly delegation?: { readonly hash: string; readonly expiresAt: number };
}

/** Proof that no task above bounds a request or a task: `noParentOf` makes it of a request, `noParentAbove` of a root. */
export interface NoParent {
  readonly [alone]: true;
}
