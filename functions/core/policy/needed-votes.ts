/** Votes that one group must give. */
export interface NeededVotes {
  readonly group: string;
  /** 1 to 5 votes, each by a different person. */
  readonly count: number;
}

/**
 * Group name of the vote that only the person for whom the task acts can give. No group of `valetkey.json` can have
 * this name.
 */
export const THE_PERSON = "@person";

/** Vote of the person for whom the task acts. */
export const CONSENT: NeededVotes = { group: THE_PERSON, count: 1 };

/** True where the person's own vote is among those that are needed. */
export const needsConsent = (needed: readonly NeededVotes[]): boolean =>
  needed.some(({ group }) => group === THE_PERSON);

/** Most votes of one group, and most groups of one permit. */
export const VOTE_LIMITS = { votes: 5, groups: 3 } as const;

const ENTRY = /^([a-z0-9-]{2,32})(?:=([0-9]+))?$/;

/**
 * Parses the text of `@approval`: a list of groups, separated by commas. All of them must approve, each with its number
 * of votes (default 1).
 * @returns the votes in the order of the groups' names, or a sentence about the fault.
 * @example parseNeeded("sre=2,security") // [{ group: "security", count: 1 }, { group: "sre", count: 2 }]
 */
export function parseNeeded(text: string): readonly NeededVotes[] | string {
  const entries = text.split(",");
  if (entries.length > VOTE_LIMITS.groups) return `@approval names at most ${VOTE_LIMITS.groups} groups`;
  const needed: NeededVotes[] = [];
  for (const entry of entries) {
    const [, group, digits = "1"] = ENTRY.exec(entry) ?? [];
    if (group === undefined) return FORM;
    const count = Number(digits);
    // A count of 0 would require no vote: another product was bypassed that way (openbao#3666). "01" has another
    // spelling, so it is refused too.
    if (count < 1 || count > VOTE_LIMITS.votes || digits !== String(count))
      return `@approval takes 1 to ${VOTE_LIMITS.votes} votes of a group, not ${entry}`;
    if (needed.some((each) => each.group === group)) return `@approval names the group ${group} twice`;
    needed.push({ group, count });
  }
  return byGroup(needed);
}

const FORM = '@approval takes groups and their votes, such as "sre" or "sre=2,security=1"';

/**
 * Combines the votes that several permits require: every group of any of them, with its largest number. One request is
 * decided once, so a vote counts for all permits.
 */
export function neededOfAll(all: readonly (readonly NeededVotes[])[]): readonly NeededVotes[] {
  const most = new Map<string, number>();
  for (const { group, count } of all.flat()) most.set(group, Math.max(count, most.get(group) ?? 0));
  return byGroup([...most].map(([group, count]) => ({ group, count })));
}

/** Returns the votes of groups: all but the person's own. */
export const votesOfGroups = (needed: readonly NeededVotes[]): readonly NeededVotes[] =>
  needed.filter(({ group }) => group !== THE_PERSON);

/**
 * Returns the number of votes over all groups. The person's own vote is not counted, since it approves nothing for the
 * groups.
 */
export const votesIn = (needed: readonly NeededVotes[]): number =>
  votesOfGroups(needed).reduce((sum, { count }) => sum + count, 0);

/** Writes the votes in the annotation's form. @example textOf([{ group: "sre", count: 2 }]) // "sre=2" */
export const textOf = (needed: readonly NeededVotes[]): string =>
  needed.map(({ group, count }) => (count === 1 ? group : `${group}=${count}`)).join(",");

const byGroup = (needed: readonly NeededVotes[]): readonly NeededVotes[] =>
  needed.toSorted((a, b) => (a.group < b.group ? -1 : 1));
