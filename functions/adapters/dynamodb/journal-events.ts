import type { ArchivedEvent, JournalName } from "../../core/archive/entry.ts";
import { JOURNAL_KINDS, KINDS, TABLE_KEYS } from "../../names.ts";
import { newItems, type StreamRecord } from "./new-items.ts";

/** Records of the table's stream, with the fields that the collector reads. */
export interface JournalRecords {
  readonly Records: readonly StreamRecord[];
}

/**
 * Returns the time at which the first of the records was put into the table, by DynamoDB's clock; epoch milliseconds. 0
 * where a record has no time.
 */
export const putSinceMs = ({ Records: records }: JournalRecords): number =>
  1_000 * Math.min(...records.map(({ dynamodb }) => dynamodb?.ApproximateCreationDateTime ?? 0));

const NAMES = {
  journal: "tasks",
  agentJournal: "agents",
  secretJournal: "secrets",
  panicJournal: "deployment",
  roleJournal: "roles",
  approvalJournal: "approvals",
  readJournal: "reads",
} as const satisfies Record<(typeof JOURNAL_KINDS)[number], JournalName>;

/**
 * Reads the journal events among the records of a stream. Passes on an item of a journal that is no event, which the
 * archive refuses.
 */
export function journalEventsOf({ Records: records }: JournalRecords): readonly ArchivedEvent[] {
  return newItems(records).flatMap((item) => {
    const kind = JOURNAL_KINDS.find((each) => String(item[TABLE_KEYS.partition]).startsWith(KINDS[each]));
    if (kind === undefined) return [];
    const { of, n, type, at, facts, previous, hash } = item;
    return [{ journal: NAMES[kind], of, n, type, at, facts, previous, hash }];
  });
}
