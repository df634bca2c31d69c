import type { AnchorPlace } from "../core/archive/anchor.ts";
import type { ObjectSource } from "../core/archive/archive-store.ts";
import type { Ports } from "../core/ports.ts";

/** Signed log that is read, and the witness of its checkpoints. */
export interface Archived {
  readonly source: ObjectSource;
  /** Name of the log. */
  readonly origin: string;
  /** Name of its bucket. */
  readonly bucket: string;
  readonly anchor?: { readonly place: AnchorPlace; readonly source: ObjectSource } | undefined;
}

/** Ports of the function that reads the journal, without any write to the archive. */
export interface JournalPorts extends Ports {
  readonly archived: Archived;
}
