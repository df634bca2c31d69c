import type { Catalogue } from "../catalogue/catalogue.ts";
import type { TagSource } from "./tag-sources.ts";

/** A policy as it is deployed: its own JSON (Cedar's format), with nothing derived from it. */
export interface StatedPolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** A session policy that is about to be used, and everything that it is checked against. */
export interface Question {
  /** The text that STS gets. */
  readonly text: string;
  /**
   * Requests of the intent in this session. Each call must be within one of them: a product of its lists, under its own
   * conditions.
   */
  readonly asked: readonly StatedRequest[];
  /**
   * Further bounds of the session. Each call must also be within one request of each bound. No fault of the compiler
   * changes them.
   */
  readonly bounds: readonly StatedBound[];
  /** Texts of the tasks above this one, grouped by task. One text of each task must allow a call. */
  readonly above: readonly (readonly string[])[];
  /** Epoch seconds. From then on nothing may be allowed. */
  readonly fenceAt: number;
  /** Account of the session. */
  readonly account: string;
  /**
   * ARNs of the secrets that the session may read in addition. Policy permitted them under another name
   * (`secret:Read`).
   */
  readonly reads: readonly string[];
  readonly policies: readonly StatedPolicy[];
  /** Patterns of actions that no task may do outside an exception, whatever policy permits. */
  readonly never: readonly string[];
  /** Exceptions of the session's account from `never`. */
  readonly exceptions: readonly StatedException[];
  /**
   * Names of actions to which the session's role is held while it has the mark; absent where the role is held to none.
   */
  readonly held?: StatedNames | undefined;
  /**
   * `another`: the names of the resource's tags differ in case from those in the policies, which see none of them. Used
   * in reports for people, never in the path of a request.
   */
  readonly spelling?: "another" | undefined;
  readonly asker: StatedRequester;
  readonly catalogue: Pick<Catalogue, "service" | "prefixes">;
}

/** Actions on resources, or patterns of either, as the intent states them. */
export interface StatedRequest {
  /** Account of the resources; `*` for any. */
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Values by operator and key. All lines must hold. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Bound of a session: the intent as the agent wrote it, a ceiling of the person for whom it acts, or a delegation. */
export interface StatedBound {
  /** Objection to a call beyond the bound. */
  readonly objection: BoundObjection;
  readonly requests: readonly StatedRequest[];
}

export type BoundObjection =
  | "beyond the intent"
  | "beyond the ceiling of the token"
  | "beyond the ceiling of the consent"
  | "beyond the delegation";

/** An action that a task may do on the resources, where the condition key has one of the values. */
export interface StatedException {
  readonly action: string;
  /** ARNs, as IAM reads them in an Allow. */
  readonly resources: readonly string[];
  readonly only?: { readonly key: string; readonly values: readonly string[] };
}

/** Names of actions, and the condition by which a statement requires that the role is held to them. */
export interface StatedNames {
  readonly key: string;
  readonly mark: string;
  readonly actions: readonly string[];
}

/** Agent as policies see it. */
export interface StatedAgent {
  readonly id: string;
  readonly owner: string;
  readonly team: string;
  /** None where absent. */
  readonly labels?: readonly string[];
}

/** Person as policies see them. */
export interface StatedPerson {
  readonly issuer: string;
  /** Unique at the issuer. */
  readonly value: string;
  /** As `issuer|group`. */
  readonly groups: readonly string[];
  readonly isFirst: boolean;
}

/** Requester of the task, and the circumstances of the decision. */
export interface StatedRequester {
  readonly agent: StatedAgent;
  readonly claims: Readonly<Record<string, string>>;
  readonly purpose: string;
  readonly ttlSeconds: number;
  /** Opening of the task; epoch seconds. */
  readonly openedAt: number;
  /** Moment of the decision; epoch milliseconds. */
  readonly atMs: number;
  /** Agents of the tasks above, the root's first. */
  readonly chain: readonly string[];
  /** Conditions of the world that hold for the agent in the session's account; in the order of the alphabet. */
  readonly conditions: readonly string[];
  /** Address of the decision's requester, if known. */
  readonly sourceIp?: string | undefined;
  /** Votes that people gave for exactly this request, or votes that are requested of them; none where absent. */
  readonly approved?: readonly { readonly group: string; readonly count: number }[] | undefined;
  /** Person for whom the agent acts, if there is one. */
  readonly person?: StatedPerson | undefined;
  /**
   * `person`: the calls are checked against what policy permits the person, with the agent as the actor. Absent:
   * against what policy permits the agent.
   */
  readonly asks?: "person" | undefined;
  /** The address that `@bindIp` binds to: the task was requested from it. */
  readonly boundIp?: string | undefined;
}

/** Time and origin of a call. */
export interface Situation {
  /** Equal for situations that no text and no policy distinguishes. Only one of them is checked. */
  readonly name: string;
  /** Equal for situations that no text distinguishes. */
  readonly text: string;
  /** Epoch seconds. AWS has the time in whole seconds. */
  readonly atSeconds: number;
  readonly from: Origin;
}

/**
 * Origin of a call: the address that `@bindIp` binds to, another address, or an AWS service on the session's behalf.
 */
export type Origin = "the asker's address" | "elsewhere" | "an AWS service";

/** Objection to a call. */
export type Objection =
  | "no permit"
  | BoundObjection
  | "no task may do it"
  | "beyond the task above"
  | "after the fence"
  | { readonly forbid: string };

/** A call that the text allows and must not allow. `policy explain --prove --json` shows its fields. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** ARN that IAM evaluates, where the call names no resource and its response includes this one. */
  readonly askedAs?: string;
  readonly account: string;
  /** Tags of the resource. */
  readonly tags: Readonly<Record<string, string>>;
  /**
   * Source of the tags in IAM's context: the prefix of their keys (`aws:ResourceTag`), `its bucket's` (no tags of the
   * resource), or `none`.
   */
  readonly told: TagSource;
  /** Values of the condition keys other than tags. */
  readonly keys: Readonly<Record<string, string>>;
  /**
   * Lines of the text's conditions that this proof cannot evaluate, with the value that each must have for the call.
   */
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly atSeconds: number;
  readonly from: Origin;
  readonly objection: Objection;
}

/** Verdict of a proof. Only `proven` allows the text to be used. */
export type Answer =
  | { readonly verdict: "proven" }
  | { readonly verdict: "counterexample"; readonly call: Call }
  | { readonly verdict: "unknown"; readonly why: "budget" | "text" | "action" | "policy" };
