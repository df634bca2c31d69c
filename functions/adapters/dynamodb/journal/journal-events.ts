import { isAgentId } from "../../../../contract/agent-id.ts";
import type { JournalName } from "../../../../contract/journal-types.ts";
import type { ArchivedEvent } from "../../../core/archive/entry.ts";
import { isAccountId } from "../../../core/deployment/account-id.ts";
import { isTaskPath } from "../../../core/task-path.ts";
import { JOURNAL_KINDS, KINDS, TABLE_KEYS } from "../../../names.ts";
import { keys } from "../table/dynamo-keys.ts";
import type { Key } from "../table/raw-item.ts";
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

/** Name of each journal, and the key at which an event of a subject and number is put. */
const PLACES = {
  journal: { name: "tasks", key: (of, n) => (isTaskPath(of) ? keys.taskEvent(of, n) : undefined) },
  agentJournal: { name: "agents", key: (of, n) => (isAgentId(of) ? keys.agentEvent(of, n) : undefined) },
  secretJournal: { name: "secrets", key: keys.secretEvent },
  panicJournal: { name: "deployment", key: (of, n) => (of === "*" ? keys.panicEvent(n) : undefined) },
  roleJournal: { name: "roles", key: (of, n) => roleKeyOf(of, n) },
  approvalJournal: { name: "approvals", key: (of, n) => (isTaskPath(of) ? keys.approvalEvent(of, n) : undefined) },
  readJournal: { name: "reads", key: (of, n) => (isTaskPath(of) ? keys.readEvent(of, n) : undefined) },
  useJournal: { name: "uses", key: (of) => (HOUR.test(of) ? keys.rightsCounted(of) : undefined) },
} as const satisfies Record<
  (typeof JOURNAL_KINDS)[number],
  { readonly name: JournalName; readonly key: (of: string, n: number) => Key | undefined }
>;

/** Name of an hour. */
const HOUR = /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/;

/** Returns the key of an event of a role's journal, whose subject is `account/role`; undefined for another subject. */
function roleKeyOf(of: string, n: number): Key | undefined {
  const [account, role] = [of.slice(0, of.indexOf("/")), of.slice(of.indexOf("/") + 1)];
  return isAccountId(account) ? keys.roleEvent({ account, role }, n) : undefined;
}

/**
 * Reads the journal events among the records of a stream. Passes on an item of a journal that is no event, which the
 * archive refuses. An item whose key is not that of its subject and number is passed on without a hash, and so is no
 * event: a key is put once, so the log gets each number of a subject once, whatever a function writes into an item.
 */
export function journalEventsOf({ Records: records }: JournalRecords): readonly ArchivedEvent[] {
  return newItems(records).flatMap((item) => {
    const kind = JOURNAL_KINDS.find((each) => String(item[TABLE_KEYS.partition]).startsWith(KINDS[each]));
    if (kind === undefined) return [];
    const { of, n, type, at, facts, previous, hash } = item;
    const key = PLACES[kind].key(String(of), Number(n));
    const isInPlace = item[TABLE_KEYS.partition] === key?.pk && item[TABLE_KEYS.sort] === key?.sk;
    return [{ journal: PLACES[kind].name, of, n, type, at, facts, previous, hash: isInPlace ? hash : undefined }];
  });
}
