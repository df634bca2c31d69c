import { createHash } from "node:crypto";
import { EMPTY_CHAIN, linkEvent } from "../core/journal/event.ts";
import type { Journal } from "../core/journal/journal.ts";
import type { Clock } from "../core/ports.ts";
import { Refusal } from "../core/refusal.ts";
import { rootPath, type TaskPath } from "../core/tasks/path.ts";
import type { EventFacts } from "./bus-request.ts";

/**
 * The journal says that the event came, what it asked for and whether that is done, once, however often the event is delivered: under a
 * root of its own that follows from the event, as refusals have one.
 * @param refused why it is not done.
 * @throws {Refusal} store_unavailable.
 */
export async function recordEvent(
  facts: EventFacts,
  refused: string | undefined,
  ports: { readonly journal: Journal; readonly clock: Clock },
): Promise<void> {
  const type = refused === undefined ? "event.taken" : "event.refused";
  const event = linkEvent(EMPTY_CHAIN, rootOfEvent(facts), type, ports.clock.nowMs(), { ...facts, why: refused });
  try {
    await ports.journal.append(event);
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "contended")) throw error;
  }
}

const rootOfEvent = ({ account, event }: EventFacts): TaskPath =>
  rootPath(
    createHash("sha512")
      .update(JSON.stringify(["event", account, event]))
      .digest(),
  );
