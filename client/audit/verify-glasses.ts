import { REVIEW_SECONDS } from "../../functions/core/approvals/break-glass.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import type { ReadFacts } from "../../functions/core/journal/event.ts";
import { groupedBy } from "../grouped-by.ts";
import { incomplete, type LogFault } from "./log-fault.ts";
import { plainOf } from "./text-of.ts";

/** Time after a due review within which the sweep suspends the agent and the archive has that event; milliseconds. */
const SWEEPING_MS = 15 * 60_000;

/**
 * Finds each broken glass without a review in time and without a suspension of its agent. Either the sweep failed, or
 * an event is missing. Only a log with later events can show that.
 * @param events verified events of the log, in any order.
 */
export function unansweredGlasses(events: readonly ArchivedEvent[]): readonly LogFault[] {
  const used = events.filter(({ type, facts }) => type === "approval.used" && approvalOf(facts).glass === true);
  if (used.length === 0) return [];
  const untilMs = events.reduce((latest, { at }) => Math.max(latest, at), 0);
  const reviewed = new Set<unknown>(
    events.filter(({ type }) => type === "approval.reviewed").map(({ facts }) => facts.approval),
  );
  const changes = groupedBy(
    events.filter(({ type }) => STATUS[type] !== undefined).toSorted((a, b) => a.at - b.at),
    ({ of }) => of,
  );
  return used
    .filter(({ at, facts }) => {
      const dueAt = at + REVIEW_SECONDS * 1_000;
      if (untilMs < dueAt + SWEEPING_MS || reviewed.has(approvalOf(facts).id)) return false;
      const own = (changes.get(plainOf(facts.agent)) ?? []).filter((change) => change.at >= at);
      const [before, after] = [own.filter((change) => change.at < dueAt), own.filter((change) => change.at >= dueAt)];
      const wasHalted = STATUS[before.at(-1)?.type ?? ""] === "halted";
      return !wasHalted && !after.some(({ type }) => STATUS[type] === "halted");
    })
    .map(({ of, n, at }) =>
      incomplete(
        `${of} event ${n}`,
        `a glass was broken at ${new Date(at).toISOString()}: within 24 hours nobody reviewed it, and nobody suspended the agent`,
      ),
    );
}

/** Change that an event makes to its agent. */
const STATUS: Readonly<Record<string, "halted" | "active">> = {
  "agent.suspended": "halted",
  "agent.offboarding": "halted",
  "agent.resumed": "active",
};

/** Approval of an event of its use. */
const approvalOf = (facts: ReadFacts<"approval.used">): { readonly id?: unknown; readonly glass?: unknown } =>
  Object(facts.approval);
