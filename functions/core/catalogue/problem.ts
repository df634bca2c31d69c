/** Problem of an input: a sentence with what to do instead. Never repeats unchecked input. */
export interface Problem {
  readonly problem: string;
}

/** True for a problem. */
export function isProblem(answer: object): answer is Problem {
  return "problem" in answer;
}
