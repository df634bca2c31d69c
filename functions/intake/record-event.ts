import { createHash } from "node:crypto";
import type { FactsOf } from "../../contract/journal-events.ts";
import type { EventType } from "../../contract/journal-types.ts";
import { EMPTY_CHAIN, type JournalEvent, type Listed, nextEvent } from "../core/journal/event.ts";
import type { Journal } from "../core/journal/journal.ts";
import type { Clock } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { rootPath } from "../core/task-path.ts";
import type { EventFacts } from "./bus-request.ts";

/**
 * Records in the journal that the event came, its request, and whether it is refused. Recorded once, however often the event is delivered, under a root that
 * follows from its id.
 * @param refused reason of the refusal.
 * @throws {Refusal} store_unavailable.
 */
export async function recordEvent(
  facts: EventFacts,
  refused: string | undefined,
  ports: { readonly journal: Journal; readonly clock: Clock },
): Promise<void> {
  const name = ["event", facts.account, facts.event];
  if (refused === undefined) await recordOnce(name, "event.taken", facts, ports);
  else await recordOnce(name, "event.refused", { ...facts, why: refused }, ports);
}

/** Makes an event under a root that follows from its name: the same name has the same place in the journal. */
export function firstEvent<T extends EventType, F extends FactsOf<T>>(
  name: readonly (string | undefined)[],
  type: T,
  facts: F & Listed<F, T>,
  { clock }: { readonly clock: Clock },
): JournalEvent {
  const root = rootPath(createHash("sha512").update(JSON.stringify(name)).digest());
  return nextEvent(EMPTY_CHAIN, root, type, clock.nowMs(), facts);
}

/** Records an event under a root that follows from its name, once. @throws {Refusal} store_unavailable. */
export async function recordOnce<T extends EventType, F extends FactsOf<T>>(
  name: readonly (string | undefined)[],
  type: T,
  facts: F & Listed<F, T>,
  ports: { readonly journal: Journal; readonly clock: Clock },
): Promise<void> {
  try {
    await ports.journal.append(firstEvent(name, type, facts, ports));
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "contended")) throw error;
  }
}
