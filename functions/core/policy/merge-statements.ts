export interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: Several;
  readonly NotAction?: Several;
  readonly Resource: Several;
  readonly Condition?: Condition;
}
/** What allows or denies actions that it names. */
export type StatementOfActions = Statement & { readonly Action: Several };
export type Condition = Readonly<Record<string, Readonly<Record<string, Several>>>>;
export type Several = string | readonly string[];

/** One action on one resource (or set of them), under one condition. */
export interface Rule {
  readonly action: string;
  readonly resource: string;
  readonly condition: Condition;
}

/**
 * Statements that say exactly what the rules say: in each of them, every action goes with every resource, as it does in the rules.
 * Actions are joined that share all their resources, or resources that share all their actions: whichever takes fewer characters, for each condition.
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

/** To each of the ones all of its others, and then those together whose others are the same. */
function joined(links: readonly Link[]) {
  const wide = [...Map.groupBy(links, ({ one }) => one)].map(([one, alike]) => ({
    one,
    others: inOrder(alike.map(({ other }) => other)),
  }));
  return [...Map.groupBy(wide, ({ others }) => JSON.stringify(others)).values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ others }) => ({ ones: inOrder(alike.map(({ one }) => one)), others })),
  );
}

/** Each once, in an order that does not depend on the request's: the same grant has the same policy. */
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

/** IAM takes a list of one as a string, which is two characters shorter. */
export function single(values: readonly string[]): Several {
  const [first, ...others] = values;
  return first !== undefined && others.length === 0 ? first : values;
}

export const listed = (value: Several): readonly string[] => (typeof value === "string" ? [value] : value);
