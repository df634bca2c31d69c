import { askedStatement } from "./asked-statement.ts";
import { heldStatement } from "./held-statement.ts";
import { readText, type Statement } from "./iam-text.ts";
import type { Question, Situation, StatedPolicy } from "./question.ts";
import { situationsOf, type Terms, termsOf } from "./situations.ts";

/** A question, with its texts as statements. */
export interface ReadQuestion {
  readonly question: Question;
  readonly text: readonly Statement[];
  /** Requests of the intent, as Allows. */
  readonly asked: readonly Statement[];
  readonly above: readonly (readonly (readonly Statement[])[])[];
  /** The policies that count, with their terms: one that is only watched (`@mode("shadow")`) does not. */
  readonly terms: ReadonlyMap<StatedPolicy, Terms>;
  readonly situations: readonly Situation[];
}

/** Reads the question's texts. @throws {Unreadable} for a text that cannot be read whole. */
export function readQuestion(question: Question): ReadQuestion {
  const read = (text: string) => readText(text).map((statement) => heldStatement(statement, question.held));
  const text = read(question.text);
  const asked = question.asked.map(askedStatement);
  const above = question.above.map((texts) => texts.map(read));
  const counted = question.policies.filter(({ annotations }) => annotations.mode !== "shadow");
  const terms = new Map(counted.map((policy) => [policy, termsOf(policy, question)]));
  const permits = [...terms].flatMap(([{ effect }, each]) => (effect === "permit" ? [each] : []));
  return {
    question,
    text,
    asked,
    above,
    terms,
    situations: situationsOf(question, [text, asked, ...above.flat()], permits),
  };
}
