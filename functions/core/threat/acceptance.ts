import type { ActRecord } from "../approvals/act-record.ts";
import type { Person } from "../identity/person.ts";
import type { ModelHashes } from "./model-hashes.ts";

/** Word of a person that an agent may work in production as its threat model says. */
export interface Acceptance {
  readonly id: string;
  readonly agent: string;
  /** Person who accepted the model: neither the agent's owner nor one who shaped it. */
  readonly person: Person;
  readonly model: ModelHashes;
  /** Epoch seconds. */
  readonly acceptedAt: number;
  /** Act that the person has voted for, whole. */
  readonly act: ActRecord;
  /** SHA-256 of the vote's token, base64url. */
  readonly vote: string;
}

/** Acceptance as it is stored, with the exchange's signature over all of it. */
export interface SealedAcceptance extends Acceptance {
  readonly seal: string;
}

/** Fields that the seal of an acceptance covers: all of them. */
export const sealedAcceptanceOf = ({ id, agent, person, model, acceptedAt, act, vote }: Acceptance) => ({
  ...{ id, agent, person, model, acceptedAt, act, vote },
});

/** Most acceptances of one agent that are looked at, the latest first: earlier models were accepted too, and may be deployed again. */
export const ACCEPTANCES_READ = 16;
