import type { JournalEvent } from "../journal/event.ts";
import type { Panic } from "./panic.ts";

/** Whether everything is halted. */
export interface Panics {
  /** The latest, lifted or not, strongly read. */
  read(): Promise<Panic | undefined>;
  /** Whether this process read within the last five seconds that everything is halted. Asks nobody. */
  isKnown(): boolean;
  /** Declared or lifted, with its event; where nobody else has meanwhile. @throws {Refusal} contended. */
  change(panic: Panic, event: JournalEvent): Promise<void>;
}
