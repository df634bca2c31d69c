import { prefixCover } from "../catalogue/prefix-cover.ts";

/**
 * Upper bound on managed policies that hold a task role to names. IAM attaches ten to a role, and the ceiling is one of
 * them.
 */
const MOST_LISTS = 8;
/** Upper bound on the characters of a policy's list of actions: IAM's 6,144 less the rest of the policy. */
const LIST_CHARACTERS = 6_000;

/** Session actions that need no right and only narrow. The Denies must not cover them. */
const ALWAYS: readonly string[] = ["sts:GetCallerIdentity", "sts:GetScopedCredentials"];

/**
 * Divides actions over the fewest lists, each of which fits into a policy `Deny NotAction`. A list names its own
 * actions, and covers the others' by prefixes that match none of its own. An action passes all Denies only where it is
 * one of the actions. Proof: assume that another action passes by prefixes alone. The longest of these prefixes matches
 * an action of some list. It lies within the prefix of that list, which matches that action too. A list's prefix must
 * not match its own actions.
 * @param actions in full, sorted, each once.
 * @returns undefined where they need more lists than a role can have.
 */
export function heldLists(actions: readonly string[]): readonly (readonly string[])[] | undefined {
  for (let count = 1; count <= MOST_LISTS; count += 1) {
    const parts = divided(actions, count);
    const lists = parts.map((own) => {
      const isOwn = new Set(own);
      const others = actions.filter((action) => !isOwn.has(action));
      return [...own, ...prefixCover(others, own), ...ALWAYS];
    });
    if (lists.every((list) => charactersOf(list) <= LIST_CHARACTERS)) return lists;
  }
  return undefined;
}

/** Divides actions into runs of about equal length. */
function divided(actions: readonly string[], count: number): readonly (readonly string[])[] {
  const all = charactersOf(actions);
  const parts: string[][] = Array.from({ length: count }, () => []);
  let before = 0;
  for (const action of actions) {
    parts[Math.min(count - 1, Math.floor((before * count) / all))]?.push(action);
    before += action.length + SEPARATORS;
  }
  return parts;
}

/** Quotes and comma of an entry. */
const SEPARATORS = 3;
const charactersOf = (list: readonly string[]): number =>
  list.reduce((sum, action) => sum + action.length + SEPARATORS, 0);
