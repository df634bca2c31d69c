#!/usr/bin/env node
// No types and no new syntax here: an older Node must get as far as the sentence below. Everything else is imported after it.
const [major] = process.versions.node.split(".");
if (Number(major) < 24) {
  process.stderr.write(
    `valetkey: Node 24 or later is needed, and this is ${process.version}; install it (https://nodejs.org), or put it first on PATH\n`,
  );
  process.exitCode = 78;
} else {
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2), process.env);
}
