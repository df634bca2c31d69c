/** Statement of an IAM policy. */
export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource: Several;
  readonly Condition?: Condition;
}
/** Statement that names its actions. */
export type StatementOfActions = Statement & { readonly Action: Several };
export type Condition = Readonly<Record<string, Readonly<Record<string, Several>>>>;
export type Several = string | readonly string[];

/** Rule: one action on one resource, or set of them, under one condition. */
export interface Rule {
  readonly action: string;
  readonly resource: string;
  readonly condition: Condition;
}

/**
 * Merges rules into statements with exactly the same meaning. Every action of a statement applies to every resource of
 * it, as in the rules. For each condition, joins either actions that share all resources or resources that share all
 * actions, whichever is shorter.
 */
export const mergedStatements = (effect: Statement["Effect"], rules: readonly Rule[]): readonly Statement[] =>
  [...Map.groupBy(rules, ({ condition }) => JSON.stringify(condition)).values()].flatMap((alike) =>
    alike.slice(0, 1).flatMap(({ condition }) => mergedAlike(effect, alike, condition)),
  );

function mergedAlike(effect: Statement["Effect"], rules: readonly Rule[], condition: Condition): readonly Statement[] {
  const byAction = joined(rules.map(({ action, resource }) => ({ one: action, other: resource })));
  const byResource = joined(rules.map(({ action, resource }) => ({ one: resource, other: action })));
  const first = byAction.map(({ ones, others }) => statement(effect, ones, others, condition));
  const second = byResource.map(({ ones, others }) => statement(effect, others, ones, condition));
  return JSON.stringify(second).length < JSON.stringify(first).length ? second : first;
}

interface Link {
  readonly one: string;
  readonly other: string;
}

/** Groups links: collects the others of each one, then joins the ones whose others are equal. */
function joined(links: readonly Link[]) {
  const wide = [...Map.groupBy(links, ({ one }) => one)].map(([one, alike]) => ({
    one,
    others: inOrder(alike.map(({ other }) => other)),
  }));
  return [...Map.groupBy(wide, ({ others }) => JSON.stringify(others)).values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ others }) => ({ ones: inOrder(alike.map(({ one }) => one)), others })),
  );
}

/** Sorts names and removes repeats. Equal grants then have equal policies, whatever the request's order. */
const inOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const statement = (
  effect: Statement["Effect"],
  actions: readonly string[],
  resources: readonly string[],
  condition: Condition,
): Statement => ({
  Effect: effect,
  Action: single(actions),
  Resource: single(resources),
  ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
});

/** Writes a list of one as a string, which IAM accepts and which is two characters shorter. */
export function single(values: readonly string[]): Several {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}

/** Writes a single value as a list. */
export const listed = (value: Several): readonly string[] => (typeof value === "string" ? [value] : value);
