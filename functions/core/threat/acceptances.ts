import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { SealedAcceptance } from "./acceptance.ts";
import type { DeployedThreats } from "./deployed-threats.ts";

/** Threat models as they are deployed, and as people have accepted them. Nothing takes an acceptance back, since it names its content. */
export interface Acceptances {
  /** Hashes that the build wrote. */
  readonly deployed: DeployedThreats;
  /** Lists the latest acceptances of the agent, at most 60 s old. Whether the exchange made them, their seals say. */
  find(agent: string): Promise<readonly SealedAcceptance[]>;
  /** Lists the latest acceptances of the agent, strongly. */
  read(agent: string): Promise<readonly SealedAcceptance[]>;
}

/** Acceptances as the exchange works with them. */
export interface GivenAcceptances extends Acceptances {
  /**
   * Stores an acceptance and uses the sign-in, all or nothing.
   * @throws {Refusal} sign_in_used, contended.
   */
  give(acceptance: SealedAcceptance, signIn: SignIn, event: JournalEvent): Promise<void>;
}
