import type { AgentId } from "../../../contract/agent-id.ts";
import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { SealedAcceptance } from "./acceptance.ts";
import type { DeployedThreats } from "./deployed-threats.ts";

/**
 * The deployed threat models, and those that people have accepted. An acceptance names its content, so it is never
 * revoked.
 */
export interface Acceptances {
  /** Hashes that the build wrote. */
  readonly deployed: DeployedThreats;
  /**
   * Returns the latest acceptances of the agent, from a cache of at most 60 s. Callers must check the seals, which
   * prove that the exchange made them.
   */
  find(agent: AgentId): Promise<readonly SealedAcceptance[]>;
  /** Returns the latest acceptances of the agent, by a strongly consistent read. */
  read(agent: AgentId): Promise<readonly SealedAcceptance[]>;
}

/** Acceptances for the exchange, which also stores them. */
export interface GivenAcceptances extends Acceptances {
  /**
   * Stores an acceptance and marks the sign-in as used, in one transaction.
   * @throws {Refusal} sign_in_used, contended.
   */
  give(acceptance: SealedAcceptance, signIn: SignIn, event: JournalEvent): Promise<void>;
}
