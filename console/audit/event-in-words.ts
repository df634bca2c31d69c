import type { JournalRow } from "./answers.ts";

/** Facts that a row shows, in this order; its details show all of them. */
const SAID = ["agent", "by", "operator", "person", "code", "why", "reason", "purpose", "ended_by"] as const;

/** Says what happened. @example titleOf("task.ended") // "task ended" */
export const titleOf = (type: string): string => type.replaceAll(/[._]/g, " ");

/** Facts of an event that are shown beside it, each with its name. */
export function factsOf({ event: { facts = {}, of } }: JournalRow): readonly (readonly [name: string, text: string])[] {
  return SAID.flatMap((name) => {
    const value = facts[name];
    const isTold = (typeof value === "string" || typeof value === "number") && value !== of && value !== "";
    return isTold ? [[name.replace("_", " "), String(value)] as const] : [];
  });
}

/** True for a refusal, a denial or a failure, which is shown so. */
export const isNo = (type: string): boolean => /refused|denied|failed|escalation|panic\.declared/.test(type);

/** Page about what an event is of; undefined where there is none. */
export function pageOf({ event: { journal, of } }: JournalRow): string | undefined {
  if (journal === "tasks") return `/tasks/${of}`;
  return journal === "agents" ? `/agents/${of}` : undefined;
}
