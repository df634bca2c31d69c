import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Told } from "./told-tags.ts";

/** A policy as it is shipped: its own JSON (Cedar's format), and nothing that was made of it. */
export interface StatedPolicy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly annotations: Readonly<Record<string, string>>;
  readonly json: unknown;
}

/** A session policy that is about to be used, and all that it has to be held to. */
export interface Question {
  /** As STS is sent it. */
  readonly text: string;
  /** Requests of the intent in this session. One of them must ask for each call: the product of its lists, under its own conditions. */
  readonly asked: readonly Asking[];
  /** The texts that the tasks above this one have, each task's together: a call has to be allowed by one text of each task. */
  readonly above: readonly (readonly string[])[];
  /** Epoch seconds from which on nothing may be allowed. */
  readonly fenceAt: number;
  /** The account that the session is in. */
  readonly account: string;
  /** ARNs of the secrets that the session may read besides: permitted under another name (`secret:Read`). */
  readonly reads: readonly string[];
  readonly policies: readonly StatedPolicy[];
  /** Patterns of actions that no task may do, whatever policy permits, but within an exception. */
  readonly never: readonly string[];
  /** Exceptions of the session's account. */
  readonly exceptions: readonly StatedException[];
  /** Names of actions to which the session's role is held as long as it has the mark; absent where it is held to none. */
  readonly held?: StatedNames | undefined;
  /** `another`: the names of the resource's tags differ in case from those in the policies, which then see none of them; for people, never in the path. */
  readonly spelling?: "another" | undefined;
  readonly asker: Asked;
  readonly catalogue: Pick<Catalogue, "service" | "prefixes">;
}

/** Actions, or patterns of them, on resources, or patterns of them, as the intent states them. */
export interface Asking {
  /** Account of the resources; `*` for any. */
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operator, key and values: all have to hold. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Action that a task may do on the resources, where the condition key has one of the values. */
export interface StatedException {
  readonly action: string;
  /** ARNs, as IAM reads them in an Allow. */
  readonly resources: readonly string[];
  readonly only?: { readonly key: string; readonly values: readonly string[] };
}

/** Names of actions, with the line of a condition by which a statement demands that the role is held to them. */
export interface StatedNames {
  readonly key: string;
  readonly mark: string;
  readonly actions: readonly string[];
}

/** Agent as policies see it. */
export interface AskingAgent {
  readonly id: string;
  readonly owner: string;
  readonly team: string;
  /** None where absent. */
  readonly labels?: readonly string[];
}

/** Person as policies see them. */
export interface AskingPerson {
  readonly issuer: string;
  /** Unique at the issuer. */
  readonly value: string;
  /** As `issuer|group`. */
  readonly groups: readonly string[];
  readonly isFirst: boolean;
}

/** Requester of the task, and the circumstances of the decision. */
export interface Asked {
  readonly agent: AskingAgent;
  readonly claims: Readonly<Record<string, string>>;
  readonly purpose: string;
  readonly ttlSeconds: number;
  /** Opening of the task; epoch seconds. */
  readonly openedAt: number;
  /** Moment of the decision; epoch milliseconds. */
  readonly atMs: number;
  /** The agents of the tasks above, the root's first. */
  readonly chain: readonly string[];
  /** The address that the decision was asked from, if it is known. */
  readonly sourceIp?: string | undefined;
  /** Votes that people have given for exactly this, or are asked for; none where absent. */
  readonly approved?: readonly { readonly group: string; readonly count: number }[] | undefined;
  /** Person for whom the agent acts, if there is one. */
  readonly person?: AskingPerson | undefined;
  /** `person`: the calls are held to what policy permits the person, with the agent as the actor; to what it permits the agent where absent. */
  readonly asks?: "person" | undefined;
  /** The address that `@bindIp` binds to: that which asked for the task. */
  readonly boundIp?: string | undefined;
}

/** Time and origin of a call. */
export interface Situation {
  /** All that it can make a difference to: of two situations of one name, one is looked at. */
  readonly name: string;
  /** All of that that it can make a difference to texts. */
  readonly text: string;
  /** Epoch seconds: AWS tells whole seconds. */
  readonly atSeconds: number;
  readonly from: Origin;
}

/** Origin of a call: the address that `@bindIp` binds to, another one, or a service of AWS that makes the call for the session. */
export type Origin = "the asker's address" | "elsewhere" | "an AWS service";

/** Objection to a call. */
export type Objection =
  | "no permit"
  | "beyond the intent"
  | "no task may do it"
  | "beyond the task above"
  | "after the fence"
  | { readonly forbid: string };

/** A call that the text allows and may not allow. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  /** ARN about which IAM is asked, where the call names no resource and answers with this one among others. */
  readonly askedAs?: string;
  readonly account: string;
  /** Tags of the resource. */
  readonly tags: Readonly<Record<string, string>>;
  /** Prefix under which IAM has the tags (`aws:ResourceTag`); or `none`, or `its bucket's`, where it has none of them. */
  readonly told: Told;
  /** Condition keys beside the tags, as the call has them. */
  readonly keys: Readonly<Record<string, string>>;
  /** Lines of the text's conditions that have to hold, and those that must not, of which nothing more is known here. */
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
