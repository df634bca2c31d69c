export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource: Several;
  readonly Condition?: Condition;
}
export type Condition = Readonly<Record<string, Readonly<Record<string, Several>>>>;
export type Several = string | readonly string[];

/** One action on one resource (or set of them), under one condition. */
export interface Rule {
  readonly action: string;
  readonly resource: string;
  readonly condition: Condition;
}

/**
 * Statements that say exactly what the rules say, and no more: in each, every action goes with every resource, as the rules have it.
 * Actions that share their resources are joined, or resources that share their actions: whichever is written in fewer characters.
 */
export function mergedStatements(effect: Statement["Effect"], rules: readonly Rule[]): readonly Statement[] {
  const byAction = joined(rules, "action", "resource");
  const byResource = joined(rules, "resource", "action");
  const [first, second] = [byAction, byResource].map((merged) => merged.map((each) => statement(effect, each)));
  return length(second ?? []) < length(first ?? []) ? (second ?? []) : (first ?? []);
}

interface Merged {
  readonly action: readonly string[];
  readonly resource: readonly string[];
  readonly condition: Condition;
}

/** For each of the ones, all of its others; and then those together whose others are the same. */
function joined(rules: readonly Rule[], one: "action" | "resource", other: "action" | "resource"): readonly Merged[] {
  const byOne = Map.groupBy(rules, (rule) => JSON.stringify([rule[one], rule.condition]));
  const wide = [...byOne.values()].map((alike) => ({
    name: alike.map((rule) => rule[one]).slice(0, 1),
    others: [...new Set(alike.map((rule) => rule[other]))].sort(),
    condition: conditionOf(alike),
  }));
  const byOthers = Map.groupBy(wide, ({ others, condition }) => JSON.stringify([others, condition]));
  return [...byOthers.values()].map((alike) => {
    const sides = { [one]: alike.flatMap(({ name }) => name).sort(), [other]: alike.flatMap(({ others }) => others).slice(0, alike[0]?.others.length) };
    return { ...(sides as Pick<Merged, "action" | "resource">), condition: conditionOf(alike) };
  });
}
