import { createInterface } from "node:readline/promises";
import { plainLine } from "../../contract/decision/plain-line.ts";

/** Requests a yes from the person at the terminal. @returns true only for a yes; false without a terminal. */
export async function confirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const dialogue = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D and Ctrl-C count as a no.
  const closed = new Promise<string>((resolve) => dialogue.once("close", () => resolve("")));
  const printable = plainLine(what);
  const answer = await Promise.race([dialogue.question(`valetkey: ${printable}. Go on? [y/N] `), closed]);
  dialogue.close();
  return /^y(es)?$/i.test(answer.trim());
}
