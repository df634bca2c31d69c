import { type Budget, UNCOUNTED } from "../../../../functions/core/proof/budget.ts";
import { Cases } from "../../../../functions/core/proof/cases.ts";
import type { Formula } from "../../../../functions/core/proof/diagram.ts";
import { iamPattern } from "../../../../functions/core/proof/iam-pattern.ts";
import { Languages } from "../../../../functions/core/proof/language.ts";
import { Search } from "../../../../functions/core/proof/search.ts";
import { Unknowns } from "../../../../functions/core/proof/unknowns.ts";

/** A small world: parts of a proof, and how many states they looked at. */
export function world(budget?: Budget) {
  const counted = { ...UNCOUNTED, states: 0, state: () => (counted.states += 1) };
  const unknowns = new Unknowns(new Languages(), budget ?? counted);
  const cases = new Cases(unknowns, budget ?? counted);
  const search = new Search(unknowns, budget ?? counted);
  const stateOf = (glob: string) => unknowns.languages.of(iamPattern(glob, true) ?? "");
  return {
    unknowns,
    cases,
    search,
    counted,
    diagram: unknowns.diagram,
    budget: budget ?? counted,
    arn: (glob: string) => unknowns.arn(stateOf(glob)),
    key: (key: string, glob: string) => unknowns.key(key, stateOf(glob)),
  };
}
type World = ReturnType<typeof world>;

const matches = (glob: string, word: string) => new RegExp(`^${glob.replaceAll("*", ".*")}$`, "su").test(word);
export const wordsOf = (letters: string, most: number): readonly string[] =>
  Array.from({ length: most }).reduce<readonly string[]>(
    (words) => [...new Set([...words, ...words.flatMap((word) => [...letters].map((one) => word + one))])],
    [""],
  );

/** One choice of everything that is open. */
export interface Choice {
  readonly arn: string;
  readonly t: string | undefined;
  readonly account: string;
  readonly open: boolean;
  readonly unclear: boolean;
}
export const ARNS = wordsOf("abx", 2);
export const VALUES = [undefined, ...wordsOf("abx", 2)];
export const ACCOUNTS = ["111111111112", "111111111111", "211111111112", "333333333333"];
export const CHOICES: readonly Choice[] = ARNS.flatMap((arn) =>
  VALUES.flatMap((t) =>
    ACCOUNTS.flatMap((account) =>
      [true, false].flatMap((open) => [true, false].map((unclear) => ({ arn, t, account, open, unclear }))),
    ),
  ),
);

/** A formula, and whether it holds for a choice. */
export interface Atom {
  readonly of: (world: World) => Formula;
  readonly holds: (choice: Choice) => boolean;
}
export const arn = (glob: string): Atom => ({ of: (w) => w.arn(glob), holds: (choice) => matches(glob, choice.arn) });
const tag = (glob: string): Atom => ({
  of: (w) => w.key("tag:t", glob),
  holds: ({ t }) => t !== undefined && matches(glob, t),
});
const account = (glob: string): Atom => ({
  of: (w) => w.key("account", glob),
  holds: (choice) => matches(glob, choice.account),
});
const OPEN: Atom = { of: (w) => w.unknowns.open("o"), holds: ({ open }) => open };
const UNCLEAR: Atom = { of: (w) => w.unknowns.unclear("u"), holds: ({ unclear }) => unclear };
export const not = (one: Atom): Atom => ({
  of: (w) => w.diagram.not(one.of(w)),
  holds: (choice) => !one.holds(choice),
});
export const both = (one: Atom, two: Atom): Atom => ({
  of: (w) => w.diagram.and(one.of(w), two.of(w)),
  holds: (choice) => one.holds(choice) && two.holds(choice),
});
export const either = (one: Atom, two: Atom): Atom => ({
  of: (w) => w.diagram.or(one.of(w), two.of(w)),
  holds: (choice) => one.holds(choice) || two.holds(choice),
});
const ATOMS = [
  ...[arn("a*"), arn("*b"), arn("ab"), tag("a*"), tag("*b"), tag(""), tag("*"), account("1*"), account("*2")],
  ...[OPEN, UNCLEAR],
];
/** Each pair of atoms with a third one, some of them negated. */
export const FORMULAS = ATOMS.flatMap((one, first) =>
  ATOMS.slice(first + 1).flatMap((two, second) => {
    const third = ATOMS[(first * 3 + second * 5) % ATOMS.length] as Atom;
    return [either(both(one, not(two)), third), both(either(not(one), two), not(third))];
  }),
);
/** Value of a formula of the world under the choice. */
export function valueIn({ diagram, unknowns }: World, formula: Formula, choice: Choice): boolean {
  const { languages } = unknowns;
  return diagram.holds(formula, (variable) => {
    const unknown = unknowns.of(variable);
    if (unknown.of === "arn") return languages.has(unknown.state, choice.arn);
    if (unknown.of !== "key") return unknown.of === "open" ? choice.open : choice.unclear;
    const value = unknown.key === "account" ? choice.account : choice.t;
    return value !== undefined && languages.has(unknown.state, value);
  });
}
