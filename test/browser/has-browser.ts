/** Exits with 1, and says how to get a browser, where none is installed. */
import { browserPlace, NO_BROWSER } from "./open-browser.ts";

if (browserPlace() === undefined) {
  process.stderr.write(`${NO_BROWSER}\n`);
  process.exitCode = 1;
}
