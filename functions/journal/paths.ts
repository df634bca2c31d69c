import type { PathsOf } from "../http/paths.ts";
import type { JournalPorts } from "./journal-ports.ts";
import { readJournal } from "./read-journal.ts";

/** Paths of `journal`, by their routes. */
export const PATHS = {
  "GET /v1/journal": readJournal,
} as const satisfies PathsOf<"journal", JournalPorts>;
