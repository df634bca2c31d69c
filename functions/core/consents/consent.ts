import type { AgentId } from "../../../contract/agent-id.ts";
import type { ActRecord } from "../approvals/act-record.ts";
import type { Person } from "../identity/person.ts";
import type { Detail } from "../intent/detail.ts";

/**
 * Recorded permission of a person for one agent to act for them, within a ceiling and until a day. Times are epoch
 * seconds.
 */
export interface Consent {
  readonly id: string;
  readonly person: Person;
  /** Agent that may act for the person. */
  readonly agent: AgentId;
  readonly purpose: string;
  /** Ceiling: the most that a task under the consent may be granted. */
  readonly details: readonly Detail[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /**
   * Time of the sign-in that gave the consent, some minutes before `createdAt`; absent in a consent of an earlier
   * release. An ending of everything for the person ends the consents whose sign-in is not later.
   */
  readonly signedInAt?: number;
  /** Act that the person has voted for, complete. */
  readonly act: ActRecord;
  /** SHA-256 of the vote's token, base64url. */
  readonly vote: string;
}

/** Consent as it is stored, with the exchange's signature over all of it. */
export interface SealedConsent extends Consent {
  readonly seal: string;
}

/** Entry of a consent in the list of live consents. */
export interface LiveConsent {
  readonly id: string;
  /** Time at which a task was last opened or prolonged under the consent; epoch seconds. */
  readonly usedAt?: number;
}

/** Key of a consent in the list of live consents: a person has one live consent for an agent. */
export type ConsentRef = Pick<Consent, "id" | "person" | "agent">;

export const DAY_SECONDS = 86_400;

/** Form of a consent's id. */
export const CONSENT_ID = /^[0-9a-f]{32}$/;

/** Fields that the seal of a consent covers: all of them. */
export const sealedConsentOf = ({ signedInAt, ...consent }: Consent) => {
  const { id, person, agent, purpose, details, createdAt, expiresAt, act, vote } = consent;
  const signedIn = signedInAt === undefined ? {} : { signedInAt };
  return { id, person, agent, purpose, details, createdAt, expiresAt, ...signedIn, act, vote };
};
