import type { ArchiveSource } from "../../../client/audit/archive-source.ts";
import type { RunPorts } from "../../../functions/archive/archive.ts";
import { integrate } from "../../../functions/archive/integrate.ts";
import { batchOf, orderKey, orderText } from "../../../functions/core/archive/batch.ts";
import { type ArchivedEvent, entryOf } from "../../../functions/core/archive/entry.ts";
import type { Restored } from "../../../functions/core/archive/restored.ts";
import { EMPTY_CHAIN, headOf, linkEvent } from "../../../functions/core/journal/event.ts";
import { FakeArchive, fakeSigner } from "./archive.ts";

/** Log without a hub: a test puts batches of events, and an integrator gives them their places. */
export interface ArchivedWorld {
  readonly store: FakeArchive;
  readonly ports: RunPorts;
  /** Witness, in memory. */
  readonly anchor: FakeArchive;
  readonly source: ArchiveSource;
  /** Puts events as one batch. */
  receive(events: readonly ArchivedEvent[]): Promise<void>;
  /** Gives events their place without any check, as a thief of the archive's keys could. */
  forge(events: readonly ArchivedEvent[]): Promise<void>;
  /** Integrates until nothing waits. */
  settle(): Promise<void>;
}

/** Makes an empty log. @param restored restore of the table, if any. */
export function archivedWorld(restored?: Restored): ArchivedWorld {
  const [store, anchor] = [new FakeArchive(), new FakeArchive()];
  let nowMs = Date.UTC(2027, 0, 1);
  const clock = { nowMs: () => nowMs };
  const ports = {
    store,
    signer: fakeSigner(),
    origin: "valetkey/999900001111/us-east-1",
    restored,
    anchor,
    known: new Set<string>(),
    clock,
    log: { write: () => undefined },
  };
  return {
    store,
    anchor,
    ports,
    source: {
      read: async (key) => store.objects.get(key),
      list: async (folder) => [...store.objects.keys()].filter((key) => key.startsWith(`${folder}/`)).sort(),
    },
    receive: async (events) => {
      nowMs += 60_000;
      const { key, body } = batchOf(events, nowMs);
      await store.putNew(key, body);
    },
    forge: async (events) => {
      const { size } = await integrate(ports);
      const entries = events.map((event) => entryOf(event).bytes);
      await store.putNew(orderKey(size), orderText({ entries, batches: [] }));
    },
    settle: async () => {
      while ((await integrate(ports)).added > 0);
    },
  };
}

/** Makes the journal of one task with linked events. */
export function journalOf(of: string, count: number, facts = (n: number): object => ({ n })): readonly ArchivedEvent[] {
  const events: ArchivedEvent[] = [];
  let head = EMPTY_CHAIN;
  for (let n = 1; n <= count; n += 1) {
    const event = linkEvent(head, of, "lease.renewed", 1_800_000_000_000 + n, { ...facts(n) });
    head = headOf(event);
    events.push({ journal: "tasks", ...event });
  }
  return events;
}
