import type { AgentId } from "../../../contract/agent-id.ts";
import type { ActRecord } from "../approvals/act-record.ts";
import type { Person } from "../identity/person.ts";
import type { ModelHashes } from "./model-hashes.ts";

/** A person's acceptance of an agent's threat model, by which the agent may work in production. */
export interface Acceptance {
  readonly id: string;
  readonly agent: AgentId;
  /** Person who accepted the model: neither the agent's owner nor a person who shaped it. */
  readonly person: Person;
  readonly model: ModelHashes;
  /** Epoch seconds. */
  readonly acceptedAt: number;
  /** The complete act that the person voted for. */
  readonly act: ActRecord;
  /** SHA-256 of the vote's token, base64url. */
  readonly vote: string;
}

/** A stored acceptance, with the exchange's signature over all of it. */
export interface SealedAcceptance extends Acceptance {
  readonly seal: string;
}

/** Returns the fields that the seal of an acceptance covers: all of them. */
export const sealedAcceptanceOf = ({ id, agent, person, model, acceptedAt, act, vote }: Acceptance) => ({
  id,
  agent,
  person,
  model,
  acceptedAt,
  act,
  vote,
});

/**
 * Upper bound on the acceptances of one agent that are read, the latest first. An earlier model was accepted too, and
 * may be deployed again.
 */
export const ACCEPTANCES_READ = 16;
