import { isAbout } from "./cedar-policy.ts";
import { principalOf } from "./cedar-world.ts";
import { heldStatement } from "./held-statement.ts";
import { readText, type Statement } from "./iam-text.ts";
import { intentStatements } from "./intent-statement.ts";
import type { Question, Situation, StatedBound, StatedPolicy, StatedRequest } from "./question.ts";
import { situationsOf, type Terms, termsOf } from "./situations.ts";

/** A policy whose head applies to the requester. */
export interface CountedPolicy {
  /** Index among all policies of the question. */
  readonly place: number;
  readonly policy: StatedPolicy;
  /** Terms of a permit. */
  readonly terms: Terms | undefined;
}

/** A bound, with its requests read as Allows. */
export interface ReadBound extends StatedBound {
  readonly statements: readonly Statement[];
}

/** A question, with its texts as statements. */
export interface ReadQuestion {
  readonly question: Question;
  readonly text: readonly Statement[];
  /** Granted requests, and each further bound that is not among them. */
  readonly bounds: readonly ReadBound[];
  readonly above: readonly (readonly (readonly Statement[])[])[];
  /** The policies that count. A policy with `@mode("shadow")` does not. */
  readonly policies: readonly CountedPolicy[];
  readonly situations: readonly Situation[];
}

/**
 * Reads the question's texts, and the heads of its policies.
 * @throws {Unreadable} for a text or a head that cannot be read completely.
 */
export function readQuestion(question: Question): ReadQuestion {
  const read = (text: string) => readText(text).map((statement) => heldStatement(statement, question.held));
  const text = read(question.text);
  const bounds = boundsOf(question);
  const above = question.above.map((texts) => texts.map(read));
  const policies = countedOf(question);
  const terms = policies.map((each) => each.terms).filter((each) => each !== undefined);
  return {
    question,
    text,
    bounds,
    above,
    policies,
    situations: situationsOf(question, [text, ...bounds.map(({ statements }) => statements), ...above.flat()], terms),
  };
}

/** Leaves out a bound that has each granted request word for word: what is within the grants is then within the bound. */
function boundsOf({ asked, bounds, catalogue }: Question): readonly ReadBound[] {
  const further = bounds.filter(({ requests }) => !areAmong(asked, requests));
  return [{ objection: "beyond the intent" as const, requests: asked }, ...further].map((bound) => ({
    ...bound,
    statements: bound.requests.flatMap((each) => intentStatements(each, catalogue)),
  }));
}

function areAmong(some: readonly StatedRequest[], all: readonly StatedRequest[]): boolean {
  const written = new Set(all.map((each) => JSON.stringify(each)));
  return some.every((each) => written.has(JSON.stringify(each)));
}

function countedOf(question: Question): readonly CountedPolicy[] {
  const principal = principalOf(question.asker);
  return question.policies.flatMap((policy, place): readonly CountedPolicy[] => {
    if (policy.annotations.mode === "shadow" || !isAbout(policy, "principal", principal)) return [];
    return [{ place, policy, terms: policy.effect === "permit" ? termsOf(policy, question) : undefined }];
  });
}
