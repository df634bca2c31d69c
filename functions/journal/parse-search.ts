import { isAgentId } from "../../contract/agent-id.ts";
import { spellingsOf } from "../../contract/task-id.ts";
import { EventCounter } from "../core/archive/count-events.ts";
import type { Search } from "../core/archive/search-log.ts";
import { defined } from "../core/defined.ts";
import { Refusal } from "../core/refusal.ts";

/** Number of events in one answer: by default, and at most. */
const EVENTS = { usual: 50, most: 100 } as const;

const NAMES = ["agent", "task", "person", "since", "until", "denied", "before", "limit", "counts"] as const;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/**
 * Parses the query of a search. Refuses unknown parameters: without a misspelt filter, the answer would show too much.
 * @throws {Refusal} malformed_request.
 */
export function parseSearch(query: URLSearchParams): Search & { readonly counter?: EventCounter } {
  for (const name of query.keys()) {
    if (!NAMES.some((known) => known === name)) refuse(`The parameters are ${NAMES.join(", ")}.`);
    if (query.getAll(name).length > 1) refuse(`Give ${name} once.`);
  }
  const agent = query.get("agent");
  if (agent !== null && !isAgentId(agent)) refuse("agent must be an agent's id.");
  const person = query.get("person");
  if (person !== null && (person.length === 0 || person.length > 320))
    refuse("person must be issuer|value, or a part of it, of at most 320 characters.");
  const task = taskIn(query.get("task"));
  const [sinceMs, untilMs] = [instantIn("since", query), instantIn("until", query)];
  const denied = query.get("denied") ?? "false";
  if (denied !== "true" && denied !== "false") refuse("denied must be true or false.");
  const counts = query.get("counts");
  if (counts !== null && (counts !== "hours" || sinceMs === undefined))
    refuse("counts must be hours, together with since: the start of the first hour.");
  const before = numberIn("before", query, Number.MAX_SAFE_INTEGER);
  return {
    ...(agent === null ? {} : { agent }),
    ...(person === null ? {} : { person }),
    ...defined({ task, sinceMs, untilMs }),
    ...(denied === "true" ? { isDenied: true } : {}),
    ...defined({ before }),
    limit: numberIn("limit", query, EVENTS.most) ?? EVENTS.usual,
    ...(counts === null || sinceMs === undefined ? {} : { counter: new EventCounter(sinceMs) }),
  };
}

/** Reads a task's id, with or without its last separator: the search matches both. */
function taskIn(text: string | null): string | undefined {
  if (text === null) return undefined;
  return spellingsOf(text).length > 0 ? text : refuse("The task's id is malformed.");
}

function instantIn(name: "since" | "until", query: URLSearchParams): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const atMs = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? refuse(`${name} must be an instant in UTC, such as 2027-01-31T08:00:00Z.`) : atMs;
}

function numberIn(name: "before" | "limit", query: URLSearchParams, most: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const number = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : refuse(`${name} must be a number from 1 to ${most}.`);
}

function refuse(say: string): never {
  throw new Refusal("malformed_request", { say });
}
