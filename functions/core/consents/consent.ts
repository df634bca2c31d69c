import type { ActRecord } from "../approvals/act-record.ts";
import type { Person } from "../identity/person.ts";
import type { Detail } from "../intent/detail.ts";

/** Recorded word of a person that one agent may act for them, within a ceiling and until a day. Times are epoch seconds. */
export interface Consent {
  readonly id: string;
  readonly person: Person;
  /** Agent that may act for the person. */
  readonly agent: string;
  readonly purpose: string;
  /** Ceiling: the most that a task under the consent gets. */
  readonly details: readonly Detail[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Time of the sign-in that gave it, some minutes before `createdAt`; absent in a consent of an earlier release. What ends with the person is compared with it. */
  readonly signedInAt?: number;
  /** Act that the person has voted for, whole. */
  readonly act: ActRecord;
  /** SHA-256 of the vote's token, base64url. */
  readonly vote: string;
}

/** Consent as it is stored, with the exchange's signature over all of it. */
export interface SealedConsent extends Consent {
  readonly seal: string;
}

/** Entry of a consent among those that live. */
export interface LiveConsent {
  readonly id: string;
  /** Time at which a task was last opened or prolonged under it; epoch seconds. */
  readonly usedAt?: number;
}

/** Place of a consent among those that live: a person has one live consent for an agent. */
export type ConsentRef = Pick<Consent, "id" | "person" | "agent">;

/** Days for which a consent lives: unless the person says otherwise, and at most. */
export const CONSENT_DAYS = { usual: 30, most: 90 } as const;

export const DAY_SECONDS = 86_400;

/** Longest ceiling as JSON; characters. The record of each task under the consent has it. */
export const CEILING_CHARACTERS = 4_096;

/** Form of a consent's id. */
export const CONSENT_ID = /^[0-9a-f]{32}$/;

/** Fields that the seal of a consent covers: all of them. */
export const sealedConsentOf = ({ signedInAt, ...consent }: Consent) => {
  const { id, person, agent, purpose, details, createdAt, expiresAt, act, vote } = consent;
  const signedIn = signedInAt === undefined ? {} : { signedInAt };
  return { id, person, agent, purpose, details, createdAt, expiresAt, ...signedIn, act, vote };
};
