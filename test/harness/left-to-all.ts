import type { Reporter } from "vitest/node";
import { LEFT_TO_ALL } from "../rings.ts";

/** Prints, below the results of the daily ring, what only `npm run test:all` tries. */
export class LeftToAll implements Reporter {
  onTestRunEnd(): void {
    process.on("exit", () => process.stdout.write(`${leftToAll()}\n`));
  }
}

/** Names what `npm test` leaves out, in one line. */
export const leftToAll = (): string => `Left to \`npm run test:all\`: ${Object.keys(LEFT_TO_ALL).join("; ")}.`;
