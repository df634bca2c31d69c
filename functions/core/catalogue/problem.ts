/** Why an input was refused: a sentence that says what to do instead. It never repeats unchecked input. */
export interface Problem {
  readonly problem: string;
}

/** Whether an answer is a refusal. */
export function isProblem(answer: object): answer is Problem {
  return "problem" in answer;
}
