import { ClientError, type Denial } from "../exit-codes.ts";
import { coveredLines, denialLines } from "./denial-lines.ts";
import { hintOn } from "./narrow-words.ts";

/**
 * Words a refusal for a program, which has no reporter to print the denials: the message has them, with hints that name arguments of `withTask`. Returns any
 * other error unchanged.
 */
export function inProgramsWords(error: unknown): unknown {
  if (!(error instanceof ClientError) || error.denials.length === 0) return error;
  const { reason, event, message, ...about } = error;
  const denials = error.denials.map(denialInProgram);
  const lines = [message, ...denialLines(denials), ...coveredLines(error.covered)];
  return new ClientError(reason, event, lines.join("\n"), { ...about, denials });
}

/** Words the hint of a denial for a program. */
export const denialInProgram = (denial: Denial): Denial => ({
  ...denial,
  ...(denial.hint !== undefined && { hint: hintOn("program", denial.hint) }),
});
