import { type Configured, type Containment, type Done, type RuleId, SETS_CONDITION } from "../../../contract/names.ts";
import type { DefinedCondition } from "../conditions/defined-condition.ts";

/** Row of a rule: what it reports, and what follows from a detection. */
export interface Rule {
  readonly says: string;
  /** Permitted responses, the weakest first. */
  readonly containments: readonly Containment[];
  /**
   * Subject of a detection: a task, by a use of its own key; the account, by a session that nobody recorded; an agent
   * or its delegation token, by a request that the exchange has refused.
   */
  readonly about: "task" | "account" | "token" | "agent";
  /** Period in which the rule's detections about one subject are one. */
  readonly period: "hour" | "cool-down";
  /**
   * True where whoever an agent works for can make it break the rule, by what the agent is asked to do. Such a rule
   * suspends no shared agent because of one party.
   */
  readonly isBrokenForParties: boolean;
}

/**
 * Rules of escalation, and the responses that each may have (docs/escalation.md). No rule gives anybody a lever against
 * others. A rule that an agent can trigger at will never halts an account. A rule that an administrator of a target
 * account can trigger never suspends an agent.
 * E3 by a session that a task may have copied from its own session ends that task, and halts nothing. An administrator
 * can make such a session, and could deny the task everything in the account anyway.
 */
export const RULES = {
  E1: {
    says: "A call succeeded 60 seconds or more after its task ended: the revocation failed.",
    containments: ["alarm", "suspend_agent", "halt_account"],
    about: "task",
    period: "hour",
    // A detection shows that a revocation has failed: only a suspension contains that, and nobody can bring it about.
    isBrokenForParties: false,
  },
  E2: {
    says: "A call was allowed that no grant of its task covers: a session policy allowed too much.",
    containments: ["alarm", "end_task", "suspend_agent", "halt_account"],
    about: "task",
    period: "hour",
    isBrokenForParties: true,
  },
  E3: {
    says: "A session of a task role has a key that nobody recorded: somebody else than valetkey made it.",
    containments: ["alarm", "halt_account"],
    about: "account",
    period: "hour",
    isBrokenForParties: false,
  },
  E4: {
    says: "AWS denied a write to permissions (iam:*, sts:AssumeRole*, organizations:*, kms:CreateGrant), or five different writes beyond the grant within five minutes.",
    containments: ["alarm", "end_task", "suspend_agent"],
    about: "task",
    period: "hour",
    isBrokenForParties: true,
  },
  E6: {
    says: "A tripwire was touched.",
    containments: ["alarm", "end_task", "suspend_agent"],
    about: "task",
    period: "hour",
    isBrokenForParties: true,
  },
  // The issuer of a delegation token chooses the agent that it names and the agent that receives it. The rule thus ends
  // neither agent, and no task.
  E7: {
    says: "An agent used a delegation token that names another agent, in a tree where it has no task.",
    containments: ["alarm", "revoke_token"],
    about: "token",
    period: "hour",
    isBrokenForParties: false,
  },
  E8: {
    says: "Policy refused an agent 20 requests within ten minutes, each by a token that was used for the first time.",
    containments: ["alarm", "cool_down"],
    about: "agent",
    period: "cool-down",
    isBrokenForParties: false,
  },
} as const satisfies Readonly<Record<RuleId, Rule>>;

/**
 * True for a rule that may set a condition for the agent in place of suspending it. Beyond the cap such a rule ends the task, so it is one that may. E1 is none:
 * only a suspension denies a key that its revocation has missed.
 */
export const maySetCondition = (rule: RuleId): boolean =>
  (RULES[rule].containments as readonly Containment[]).includes("end_task");

/** Lists the responses that `valetkey.json` may give a rule, the weakest first. */
export const responsesOf = (rule: RuleId): readonly string[] =>
  RULES[rule].containments.flatMap((each) => (each === "alarm" && maySetCondition(rule) ? [each, "set:NAME"] : [each]));

/** Returns the name of the condition that a response sets: `watched` of `set:watched`; undefined for every other response. */
export const conditionSetBy = (response: Done): string | undefined =>
  SETS_CONDITION.test(response) ? response.slice("set:".length) : undefined;

/** True for a condition that a rule may set: it restricts, and may be set for one agent. */
export const isForEscalation = ({ kind, scopes }: DefinedCondition): boolean =>
  kind === "restricts" && scopes.includes("agent");

/** Rules whose detections have such a subject. */
export type RuleAbout<About extends Rule["about"]> = {
  [Id in RuleId]: (typeof RULES)[Id]["about"] extends About ? Id : never;
}[RuleId];

/**
 * Default limit on the suspensions and cool-downs of agents that one rule makes within an hour because of one account.
 */
export const DEFAULT_SUSPENSIONS = 5;

/** Responses that `valetkey.json` sets; `alarm` for each rule without an entry. */
export type Escalation = { readonly [Rule in RuleId]?: Configured | undefined } & {
  /** ARNs of secrets and objects that no task has a reason to touch. */
  readonly tripwires?: readonly string[] | undefined;
  /** Suspensions and cool-downs within an hour for each rule and account. Above the limit the task still ends. */
  readonly suspensionsPerHour?: number | undefined;
};
