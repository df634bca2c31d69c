import type { FirstUse } from "../../../core/siem/ocsf-use.ts";
import { KINDS, TABLE_KEYS } from "../../../names.ts";
import type { JournalRecords } from "./journal-events.ts";
import { newItems } from "./new-items.ts";

/**
 * Reads the new rows of the ledger among the records of a stream. Each row is the first use of an action on a resource.
 */
export function firstUsesOf({ Records: records }: JournalRecords): readonly FirstUse[] {
  return newItems(records).flatMap((item) => {
    if (!String(item[TABLE_KEYS.partition]).startsWith(KINDS.use) || typeof item.action !== "string") return [];
    const { action, resource, denied, first, region, sourceIp, errorCode } = item;
    const [task = ""] = String(item[TABLE_KEYS.sort]).split("#");
    return [{ task, action, resource, denied, first, region, sourceIp, errorCode }];
  });
}
