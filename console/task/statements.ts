import type { ExplainedPair } from "../../contract/policies.ts";
import { globFromIam, matches } from "../../functions/core/text/glob.ts";

/** Pair of action and target, with the policies that decide about it. */
type DecidedPair = Pick<ExplainedPair, "action" | "target"> & {
  readonly permitted?: Pick<NonNullable<ExplainedPair["permitted"]>, "permits" | "forbids">;
};

/** Statement of a session policy, with the Cedar policies that it comes from. */
export interface TracedStatement {
  readonly effect: string;
  /** The statement as JSON, to be read. */
  readonly text: string;
  /** Ids of the Cedar policies; none for a statement that valetkey adds to every session. */
  readonly policies: readonly string[];
}

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/** Finds the Cedar policies of each statement of a session policy: those that decided about the statement's pairs of action and resource. */
export function statementsOf(policy: string, pairs: readonly DecidedPair[]): readonly TracedStatement[] {
  const { Statement: statements = [] } = JSON.parse(policy) as { readonly Statement?: readonly Statement[] };
  return statements.map((statement) => {
    const isAllow = statement.Effect === "Allow";
    // The fence and the limit to services are added by valetkey, and apply to every action.
    const within = pairs.filter(({ action, target }) => isWithin(statement, action, target));
    const ids = within.flatMap(({ permitted }) => (isAllow ? permitted?.permits : permitted?.forbids) ?? []);
    return {
      effect: String(statement.Effect),
      text: JSON.stringify(statement, null, 2),
      policies: [...new Set(ids)].sort(),
    };
  });
}

/** True where the statement is about the pair, or a part of it. */
const isWithin = ({ Action, Resource }: Statement, action: string, target: string): boolean =>
  Action !== "*" &&
  listOf(Action).some((each) => isSameOrPart(each, action)) &&
  listOf(Resource).some((each) => isSameOrPart(each, target));

const isSameOrPart = (one: string, other: string): boolean =>
  matches(globFromIam(one), other) || matches(globFromIam(other), one);

const listOf = (value: unknown): readonly string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === "string");
