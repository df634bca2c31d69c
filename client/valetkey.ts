#!/usr/bin/env node
// Uses no types and no new syntax, so that an older Node reaches the message below. Everything else is imported after the check.
const [major] = process.versions.node.split(".");
// The sources (.ts) need a Node that runs TypeScript. The package of a deployment (lib/) needs the APIs that the sources use. Agents' package needs
// neither.
const least = import.meta.url.endsWith(".ts") ? 24 : /[/]lib[/][^/]*$/.test(import.meta.url) ? 22 : 20;
if (Number(major) < least) {
  process.stderr.write(
    `valetkey: Node ${least} or later is needed, and this is ${process.version}; install it (https://nodejs.org), or put it first on PATH\n`,
  );
  process.exitCode = 78;
} else {
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2), process.env, new URL("../package.json", import.meta.url));
}
