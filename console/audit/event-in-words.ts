import type { Journal } from "../../contract/journal.ts";
import type { Read } from "../../contract/operation.ts";

/** Event with its place in the log. */
export type JournalRow = Read<Journal>["events"][number];

/** Facts that a row shows, in this order; its details show all of them. */
const SHOWN = [
  "agent",
  "action",
  "condition",
  "scope",
  "by",
  "operator",
  "person",
  "code",
  "why",
  "reason",
  "purpose",
  "ended_by",
] as const;

/** Writes the type of an event in words. @example titleOf("task.ended") // "task ended" */
export const titleOf = (type: string): string => type.replaceAll(/[._]/g, " ");

/** Lists the shown facts of an event, each with its name. */
export function factsOf({ event: { facts = {}, of } }: JournalRow): readonly (readonly [name: string, text: string])[] {
  const first = firstIn(facts.details);
  return SHOWN.flatMap((name) => {
    const value = name === "action" ? first : facts[name];
    const isShown = (typeof value === "string" || typeof value === "number") && value !== of && value !== "";
    return isShown ? [[name.replace("_", " "), String(value)] as const] : [];
  });
}

/** Names the first action or tool of an event's details, and counts the others; undefined where there is none. @example "s3:GetObject and 2 more" */
function firstIn(details: unknown): string | undefined {
  const named = (Array.isArray(details) ? details : []).flatMap((detail) => detail?.actions ?? detail?.tools ?? []);
  return named.length > 1 ? `${named[0]} and ${named.length - 1} more` : named[0];
}

/** True for a refusal, a denial or a failure, which is shown in another colour. */
export const isNo = (type: string): boolean => /refused|denied|failed|escalation|panic\.declared/.test(type);

/** Events of the journal of tasks that are about a task. The others have ids of their own, a refusal among them: no task came of it. */
const OF_TASKS = /^(?:task\.(?!refused)|presentation\.|delegation\.|lease\.|approval\.)/;

/** Returns the page of an event's task, agent or approval; undefined for other events. */
export function pageOf({ event: { journal, of, type, facts = {} } }: JournalRow): string | undefined {
  if (journal === "tasks" && OF_TASKS.test(type)) return `/tasks/${of}`;
  return journal === "agents" ? `/agents/${of}` : pageOfFact("approval", facts.approval);
}

/** Returns the page of what a fact names; undefined for other facts. An approval is named by its id, or with its hash. */
export function pageOfFact(name: string, value: unknown): string | undefined {
  if (name === "approval" && typeof value === "object")
    return pageOfFact(name, (value as { readonly id?: unknown })?.id);
  return typeof value === "string" && value !== "" && ["agent", "task", "approval"].includes(name)
    ? `/${name}s/${value}`
    : undefined;
}

/** Events of one day, in UTC. */
export interface Day {
  /** @example "2026-11-27" */
  readonly day: string;
  readonly rows: readonly JournalRow[];
}

/**
 * Groups events by their day in UTC, the latest first. The order is that of the events' times: an event can come into
 * the log after a later one. Events of one millisecond are in the order of their places.
 */
export function byDay(rows: readonly JournalRow[]): readonly Day[] {
  const inOrder = rows.toSorted((a, b) => b.event.at - a.event.at || b.index - a.index);
  const days = Map.groupBy(inOrder, ({ event }) => new Date(event.at).toISOString().slice(0, 10));
  return [...days].map(([day, each]) => ({ day, rows: each }));
}
