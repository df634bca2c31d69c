import type { Rules } from "./rules.ts";
import type { Token } from "./token.ts";

/** Returns the value of a policy variable. Undefined where the request has none. */
export type Lookup = (name: string) => string | undefined;

/** A special character, or a variable with its default: `${*}`, `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`. */
const VARIABLE = /\$\{(?:([*?$])|([^{},]+?)\s*(?:,\s*'([^']*)')?)\}/gu;

/**
 * The text of a policy as tokens. Undefined where one of its variables has no value.
 * Source: IAM User Guide, "IAM policy elements: Variables and tags" (special characters, default values, policy
 * variables with no value).
 * @param hasWildcards true where `*` and `?` are wildcards: in ARNs, actions and `...Like`, but not in `StringEquals`.
 */
export function tokensOf(
  text: string,
  hasWildcards: boolean,
  lookup: Lookup,
  rules: Rules,
): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let at = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const [whole, special, name, otherwise] = found;
    tokens.push(...plain(text.slice(at, found.index), hasWildcards));
    at = found.index + whole.length;
    if (special !== undefined) tokens.push(...rules.special(special));
    else {
      const value = lookup(name ?? "") ?? otherwise;
      if (value === undefined) return undefined;
      tokens.push(...literal(value));
    }
  }
  return [...tokens, ...plain(text.slice(at), hasWildcards)];
}

const literal = (text: string): readonly Token[] => [...text].map((character) => ({ character }));

const plain = (text: string, hasWildcards: boolean): readonly Token[] =>
  hasWildcards
    ? [...text].map((character) => (character === "*" ? "run" : character === "?" ? "one" : { character }))
    : literal(text);

/**
 * True where the tokens match all of the text. A run is tried short first, and extended where the rest does not match.
 */
export function matches(tokens: readonly Token[], text: string, rules: Rules): boolean {
  const characters = [...text];
  let [token, character] = [0, 0];
  let [lastRun, afterRun] = [-1, -1];
  while (character < characters.length) {
    const expected = tokens[token];
    const found = characters[character] ?? "";
    if (expected === "run") {
      [lastRun, afterRun] = [token, character];
      token += 1;
    } else if (expected !== undefined && (expected === "one" ? rules.isAny(found) : expected.character === found)) {
      token += 1;
      character += 1;
    } else {
      if (lastRun < 0 || !rules.isAny(characters[afterRun] ?? "")) return false;
      afterRun += 1;
      [token, character] = [lastRun + 1, afterRun];
    }
  }
  return tokens.slice(token).every((left) => left === "run");
}
