import { prove } from "../../functions/core/proof/prove.ts";
import type { Answer, Question } from "../../functions/core/proof/question.ts";
import type { Decided } from "../decide/answer.ts";

/** Verdict of the validator on one session policy. */
export interface ProvenSession {
  readonly lease: string;
  /** Epoch seconds from which on the session may allow nothing. */
  readonly fenceAt: number;
  /** Policies that the text was held to. Those under watch are not among them. */
  readonly policies: number;
  readonly proof: Answer;
}

/**
 * Proves each session policy of an answer, as the exchange does before it hands one out. States and nodes bound a proof here, and no time: the verdict
 * does not depend on how busy the machine is.
 */
export function proveSessions({ answer, questions }: Decided): readonly ProvenSession[] {
  const sessions = answer.answer === "allowed" ? answer.sessions : [];
  return questions.map((question, index) => ({
    lease: sessions[index]?.lease ?? "",
    fenceAt: question.fenceAt,
    policies: enforcedIn(question),
    proof: prove(question, NO_TIME),
  }));
}

const NO_TIME = (): number => 0;

const enforcedIn = ({ policies }: Question): number =>
  policies.filter(({ annotations }) => annotations.mode !== "shadow").length;

export const isProven = ({ proof }: ProvenSession): boolean => proof.verdict === "proven";
