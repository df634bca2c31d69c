import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";

/** Name of an event in reports about a log: its journal, its subject and its number. */
export const nameOf = ({ journal, of, n }: Pick<ArchivedEvent, "journal" | "of" | "n">): string =>
  `${journal} ${of} event ${n}`;
