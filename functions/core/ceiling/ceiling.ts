import type { Account } from "../deployment/deployment.ts";
import { DEFAULT_CEILING, NEVER } from "./ceiling-actions.ts";

/** Place of an action under a ceiling: within it, beyond it, or forbidden to tasks in every account. */
export type CeilingPlace = "within" | "beyond_ceiling" | "never_anywhere";

/** List of action patterns, compiled. IAM compares actions without regard to case. */
interface Compiled {
  /** Entries without a wildcard, in lower case. */
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly RegExp[];
}

/**
 * Returns the place of an action under an account's ceiling, whatever policies permit. @param action in full:
 * `s3:GetObject`.
 */
export function ceilingPlaceOf(action: string, { ceiling = DEFAULT_CEILING }: Pick<Account, "ceiling">): CeilingPlace {
  if (holds(compiled(NEVER), action)) return "never_anywhere";
  return holds(compiled(ceiling), action) ? "within" : "beyond_ceiling";
}

/**
 * True where the account's ceiling names the action itself, and tasks may do it. An action that AWS adds later is never
 * named, while a pattern may include it.
 */
export const isNamedInCeiling = (action: string, account: Pick<Account, "ceiling">): boolean =>
  ceilingPlaceOf(action, account) === "within" &&
  compiled(account.ceiling ?? DEFAULT_CEILING).names.has(action.toLowerCase());

const holds = ({ names, patterns }: Compiled, action: string): boolean => {
  const name = action.toLowerCase();
  return names.has(name) || patterns.some((pattern) => pattern.test(name));
};

/** Cache of compiled lists. The lists are constants or the deployment's own, so they live as long as the process. */
const COMPILED = new WeakMap<readonly string[], Compiled>();

function compiled(list: readonly string[]): Compiled {
  const known = COMPILED.get(list);
  if (known !== undefined) return known;
  const entries = list.map((entry) => entry.toLowerCase());
  const made: Compiled = {
    names: new Set(entries.filter((entry) => !entry.includes("*"))),
    patterns: entries.filter((entry) => entry.includes("*")).map(regularExpression),
  };
  COMPILED.set(list, made);
  return made;
}

/**
 * Compiles an action pattern, in which only `*` is special. The configuration's schema admits letters, digits, hyphens,
 * a colon and `*`.
 */
const regularExpression = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/[^a-z0-9:*-]/g, "\\$&").replaceAll("*", ".*")}$`);
