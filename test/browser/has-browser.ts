/** Exits with 1 where no browser is installed, and prints how to get one. */
import { browserPlace, NO_BROWSER } from "./open-browser.ts";

if (browserPlace() === undefined) {
  process.stderr.write(`${NO_BROWSER}\n`);
  process.exitCode = 1;
}
