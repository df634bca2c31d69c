import { KINDS, SIGNED_KINDS, TABLE_KEYS } from "../../../names.ts";
import type { JournalRecords } from "./journal-events.ts";
import { newItems } from "./new-items.ts";

/** Reads the tokens of people's signatures among the records of a stream, each token once. */
export function signedTokensOf({ Records: records }: JournalRecords): readonly string[] {
  const tokens = newItems(records).flatMap((item) => {
    const isSigned = SIGNED_KINDS.some((kind) => String(item[TABLE_KEYS.partition]).startsWith(KINDS[kind]));
    return isSigned && typeof item.token === "string" ? [item.token] : [];
  });
  return [...new Set(tokens)];
}
