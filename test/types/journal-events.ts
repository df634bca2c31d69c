import type { FactsOf } from "../../contract/journal-events.ts";
import type { EventType } from "../../contract/journal-types.ts";
import { EMPTY_CHAIN, type JournalEvent, nextEvent, type ReadFacts } from "../../functions/core/journal/event.ts";
import type { OcsfRow } from "../../functions/core/siem/ocsf-mapping.ts";

// Events of journals that must not compile: a fact that the contract does not list, a fact that is missing, a row that
// is missing. `tsc` fails where a line below would compile.

const server = { agent: "demo", server: "orders" };
export const right = nextEvent(EMPTY_CHAIN, "k7f3m2q9x4ab.", "presentation.issued", 1, server);

const more = { ...server, token: "vk_" };
// @ts-expect-error a fact that the contract does not list, out of a variable
export const leaking = nextEvent(EMPTY_CHAIN, "k7f3m2q9x4ab.", "presentation.issued", 1, more);

// @ts-expect-error the same, out of a spread
export const spread = nextEvent(EMPTY_CHAIN, "k7f3m2q9x4ab.", "presentation.issued", 1, { ...server, ...more });

// @ts-expect-error a fact is missing
export const lacking = nextEvent(EMPTY_CHAIN, "k7f3m2q9x4ab.", "presentation.issued", 1, { agent: "demo" });

// @ts-expect-error the facts of another type
export const confused: FactsOf<"task.ended"> = server;

declare const stored: JournalEvent;
const read: ReadFacts<"task.ended"> = stored.facts;
// @ts-expect-error a reader of a fact that the type does not have
export const misread = read.server;

declare const rows: Readonly<Record<EventType, OcsfRow>>;
const { "task.ended": _, ...others } = rows;
// @ts-expect-error a type of events without a row
export const forgotten: Readonly<Record<EventType, OcsfRow>> = others;
