import { ClientError, type Denial } from "../exit-codes.ts";
import { coveredLines, denialLines } from "./denial-lines.ts";
import { hintOn } from "./narrow-words.ts";

/**
 * Words an error for a program: the message names arguments of `withTask`, and has the denials, which no reporter prints. Returns any
 * other error unchanged.
 */
export function inProgramsWords(error: unknown): unknown {
  if (!(error instanceof ClientError)) return error;
  const { reason, event, message: ofCommand, ...about } = error;
  const message = ofCommand.replace(/--(?=(?:audience|url)\b)/g, "");
  if (error.denials.length === 0) return message === ofCommand ? error : new ClientError(reason, event, message, about);
  const denials = error.denials.map(denialInProgram);
  const lines = [message, ...denialLines(denials), ...coveredLines(error.covered)];
  return new ClientError(reason, event, lines.join("\n"), { ...about, denials });
}

/** Words the hint of a denial for a program. */
export const denialInProgram = (denial: Denial): Denial => ({
  ...denial,
  ...(denial.hint !== undefined && { hint: hintOn("program", denial.hint) }),
});
