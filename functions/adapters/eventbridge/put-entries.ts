import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";

/**
 * PutEvents' limits on one call: number of entries, and bytes of all entries, with room for the fields beside the
 * detail.
 */
const MOST = 10;
const MOST_BYTES = 240 * 1_024;

/** Puts the entries of one call, and returns the number of entries that failed. */
type PutCall = (
  entries: readonly PutEventsRequestEntry[],
) => Promise<{ readonly FailedEntryCount?: number | undefined }>;

/**
 * Puts entries in as few calls as possible.
 * @throws Error where an entry was not put; others may have been put.
 */
export async function putEntries(put: PutCall, entries: readonly PutEventsRequestEntry[]): Promise<void> {
  for (const each of callsOf(entries)) {
    const { FailedEntryCount: failed = 0 } = await put(each);
    // A 200 may still report failed entries.
    if (failed > 0) throw new Error(`${failed} events were not put`);
  }
}

function callsOf(entries: readonly PutEventsRequestEntry[]): PutEventsRequestEntry[][] {
  const calls: PutEventsRequestEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const own = Buffer.byteLength(entry.Detail ?? "");
    const last = calls.at(-1);
    if (last && last.length < MOST && bytes + own <= MOST_BYTES) {
      last.push(entry);
      bytes += own;
    } else {
      calls.push([entry]);
      bytes = own;
    }
  }
  return calls;
}
