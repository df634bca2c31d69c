import { type EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";

/** PutEvents' limits of one call: entries, and bytes of all of them, with room for what EventBridge counts beside the detail. */
const MOST = 10;
const MOST_BYTES = 240 * 1_024;

/** Puts entries, in as few calls as fit. @throws Error where one was not put, or once `signal` is aborted; others may have been put. */
export async function putEntries(
  client: EventBridgeClient,
  entries: readonly PutEventsRequestEntry[],
  signal?: AbortSignal,
): Promise<void> {
  for (const Entries of callsOf(entries)) {
    const options = signal === undefined ? {} : { abortSignal: signal };
    const { FailedEntryCount: failed = 0 } = await client.send(new PutEventsCommand({ Entries }), options);
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
