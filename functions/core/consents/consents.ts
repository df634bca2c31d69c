import type { AgentId } from "../../../contract/agent-id.ts";
import type { Person } from "../identity/person.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { ConsentRef, LiveConsent, SealedConsent } from "./consent.ts";

/** Consents of people, as every function may read and end them. */
export interface Consents {
  /**
   * Reads a consent, live or not; undefined where there is none. The consent's seal proves that the exchange made it.
   */
  read(id: string): Promise<SealedConsent | undefined>;
  /** Finds the person's live consent for the agent, strongly; it may have expired a moment ago. */
  find(person: Person, agent: AgentId): Promise<LiveConsent | undefined>;
  /** Lists the person's live consents, strongly. */
  list(person: Person): Promise<readonly LiveConsent[]>;
  /**
   * Ends a consent for good, with its event. Only the exchange can record a live consent, and only with a new vote.
   * @returns false where the consent was not alive; nothing is written then.
   */
  withdraw(consent: ConsentRef, event: JournalEvent): Promise<boolean>;
}

/** Consents as the exchange works with them. */
export interface GivenConsents extends Consents {
  /**
   * Stores a consent, adds it to the list of live consents, and uses up its sign-in, all or nothing.
   * @throws {Refusal} consent_exists, sign_in_used, contended.
   */
  give(consent: SealedConsent, signIn: SignIn, event: JournalEvent): Promise<void>;
}
