import { createInterface } from "node:readline/promises";
import { plainLine } from "../../decision/plain-line.ts";

/** Asks the person at the terminal; true only for a yes. False without a terminal. */
export async function confirmed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-D and Ctrl-C count as a no.
  const closed = new Promise<string>((resolve) => asking.once("close", () => resolve("")));
  const printable = plainLine(what);
  const answer = await Promise.race([asking.question(`valetkey: ${printable}. Go on? [y/N] `), closed]);
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}
