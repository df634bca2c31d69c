import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { differences } from "./differences.ts";
import { transcript } from "./transcript.ts";

const PAGE = fileURLToPath(new URL("../../docs/transcripts/first-five-minutes.md", import.meta.url));

// `npm run transcript` writes the page; `npm run transcript -- --check` compares it with what the commands print now.
const now = await transcript();
if (process.argv[2] === "--check") {
  const lines = differences(readFileSync(PAGE, "utf8"), now);
  for (const line of lines) process.stdout.write(`${line}\n`);
  process.stdout.write(
    lines.length === 0
      ? "docs/transcripts/first-five-minutes.md shows what the commands print\n"
      : "the commands print something else: run npm run transcript, and read the diff\n",
  );
  if (lines.length > 0) process.exitCode = 1;
} else writeFileSync(PAGE, now);
