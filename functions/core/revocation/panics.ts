import type { SignIn } from "../identity/sign-in.ts";
import type { JournalEvent } from "../journal/event.ts";
import type { Panic } from "./panic.ts";

/** Halts of everything. */
export interface Panics {
  /** Reads the latest panic, lifted or not, strongly consistent. */
  read(): Promise<Panic | undefined>;
  /** True where this process read within the last five seconds that everything is halted. Reads memory only. */
  isKnown(): boolean;
  /**
   * Records a declaration or a lift with its journal event.
   * @param signIn sign-in that the change uses up.
   * @throws {Refusal} contended where somebody else changed the panic meanwhile; sign_in_used.
   */
  change(panic: Panic, event: JournalEvent, signIn?: SignIn): Promise<void>;
}
