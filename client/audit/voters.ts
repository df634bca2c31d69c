import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { type Fact, type Facts, factsOf, type ReadFacts } from "../../functions/core/journal/event.ts";

/**
 * Lists the people who have voted for each group since a moment. A vote counts where the exchange used it, since the
 * exchange has then verified it. The person's name and groups are from `approve`'s event.
 * @param sinceMs epoch milliseconds.
 * @returns people as `issuer|person`, by group.
 */
export function votersSince(
  events: readonly ArchivedEvent[],
  sinceMs: number,
): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Set(events.filter(({ type }) => type === "approval.used").flatMap(({ facts }) => votesIn(facts)));
  const voters = new Map<string, Set<string>>();
  for (const event of events) {
    const { by, vote_sha256: vote = "", groups } = factsOf(event, "approval.voted") ?? {};
    if (event.at < sinceMs || typeof by !== "string" || !used.has(vote)) continue;
    for (const group of texts(groups)) voters.set(group, (voters.get(group) ?? new Set()).add(by));
  }
  return voters;
}

/** Hashes of the votes with which an approval was used. */
export const votesIn = ({ approval }: ReadFacts<"approval.used">): readonly Fact[] =>
  typeof approval === "object" && approval !== null && !Array.isArray(approval) && "votes" in approval
    ? texts((approval as Facts).votes)
    : [];

const texts = (fact: Fact | undefined): readonly string[] =>
  Array.isArray(fact) ? fact.filter((each) => typeof each === "string") : [];
