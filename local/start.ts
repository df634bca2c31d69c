import { enableCompileCache } from "node:module";
import { installTools } from "../tools/install-tools.ts";
import { COMPILED } from "./compiled.ts";
import { HELP, startOptions } from "./start-options.ts";

// Few imports: the first line is printed before the cloud's sources are loaded.
const options = startOptions(process.argv.slice(2));
if (options === "help") console.log(HELP);
else if ("fault" in options) {
  console.error(options.fault);
  process.exitCode = 64;
} else {
  console.log(
    `valetkey: a key for one task, and then it is dead.\nStarts an embedded AWS, issuers of tokens and valetkey, between 127.0.0.1:${options.ports.api} and 127.0.0.1:${options.ports.console}. Nothing leaves this machine.\n`,
  );
  if (options.isWhole) installPostgres();
  enableCompileCache(COMPILED);
  const { serveTour } = await import("./serve-tour.ts");
  await serveTour(options);
}

/** Installs PostgreSQL, which act 6 alone needs. Without a network the tour leaves act 6 out. */
function installPostgres(): void {
  try {
    installTools("postgres");
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
}
