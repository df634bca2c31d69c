import type { AgentId } from "../../../contract/agent-id.ts";
import { ON_BEHALF_SECONDS } from "../../../contract/limits.ts";
import type { Person } from "../identity/person.ts";
import type { Detail } from "../intent/detail.ts";

/** Consent under which a task acts, as far as decisions need it. */
export interface ActingConsent {
  readonly id: string;
  /** Agent that the consent names: that of the root, for every task below it. */
  readonly agent: AgentId;
  /** Ceiling of the consent. */
  readonly details: readonly Detail[];
  /** End of the consent; epoch seconds. */
  readonly until: number;
}

/**
 * Person for whom a task acts, as the person's own token proved it. Part of the task's record, under the task's seal.
 */
export interface OnBehalf extends Person {
  /** Groups as `issuer|group`, as the person's token lists them. */
  readonly groups: readonly string[];
  /** True for one of the first operators in `valetkey.json`. */
  readonly isFirst: boolean;
  /**
   * Issue time of the person's token with which the task was opened; epoch seconds. An ending of everything for the
   * person ends the tasks whose token is not later.
   */
  readonly provenAt: number;
  /** Issue time of the person's latest token, where one came after the first; epoch seconds. */
  readonly freshAt?: number;
  /** Ceiling that the person's own token sets (RFC 9396, section 9.1), where it sets one. */
  readonly ceiling?: readonly Detail[];
  /** Consent of the person, where the person's token names no agent. */
  readonly consent?: ActingConsent;
}

/** Ceiling of the acts of an agent for a person, with its source. */
export interface PersonsCeiling {
  readonly details: readonly Detail[];
  readonly source: "token" | "consent";
}

/** Lists the ceilings of a task for a person: that of the person's token, and that of the consent. */
export const ceilingsOf = (onBehalf: Pick<OnBehalf, "ceiling" | "consent"> | undefined): readonly PersonsCeiling[] => [
  ...(onBehalf?.ceiling ? [{ details: onBehalf.ceiling, source: "token" } as const] : []),
  ...(onBehalf?.consent ? [{ details: onBehalf.consent.details, source: "consent" } as const] : []),
];

/** Computes the latest deadline of a task for a person; epoch seconds, infinite for a task of an agent for itself. */
export const onBehalfUntil = (onBehalf: Pick<OnBehalf, "provenAt" | "freshAt" | "consent"> | undefined): number =>
  onBehalf === undefined
    ? Number.POSITIVE_INFINITY
    : Math.min(
        Math.floor(onBehalf.freshAt ?? onBehalf.provenAt) + ON_BEHALF_SECONDS.task,
        onBehalf.consent?.until ?? Number.POSITIVE_INFINITY,
      );

/**
 * Returns the consent of a person for whom a task acts, with the person; undefined where the person's token named the
 * agent.
 */
export const consentOf = (onBehalf: OnBehalf | undefined) =>
  onBehalf?.consent && { ...onBehalf.consent, person: { issuer: onBehalf.issuer, value: onBehalf.value } };
