/** Patterns of text that differs from run to run, each with its replacement, in the order in which they are applied. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, "TIME"],
  [/\buntil \d\d:\d\d:\d\d\b/g, "until TIME"],
  [/\bASIA[A-Z0-9]{16}\b/g, "KEY"],
  [/\bvk_[0-9a-f]+_/g, "vk_ID_"],
  [/(\/approvals\/)[0-9a-f]+/g, "$1ID"],
  [/(consent )[0-9a-f]{8}…/g, "$1ID…"],
  [/(escalation:E4:)[\w-]{12}/g, "$1ID"],
  [/\b[0-9a-z]{12}[._]/g, "TASK_"],
  [/\b[0-9a-z]{12}(?= {2}login)/g, "TASK"],
  [/\bvaletkey-task-\d\b/g, "ROLE"],
  [/\b\d+ ms\b/g, "N ms"],
  [/\b(used|denied|entry) \d+\b/g, "$1 N"],
  [/\b\d+ events in \d+ journals\b/g, "N events in N journals"],
  [/\b(works for|ahead of|behind|free in) \d+ s\b/g, "$1 N s"],
  [/\b\d+ s (ahead of|behind)\b/g, "N s off"],
  // A probe whose first call is refused knows only the time within which that happened.
  [/was refused (after|within) N ms/g, "was refused N ms"],
  // Errors of a locked login and of a removed login, which both may happen.
  [/-> 28(P01|000) /g, "-> 28P01 "],
  [/ {2,}/g, "  "],
];

/** Progress that a command prints on a slow machine alone: work that takes over two seconds (client/reporter.ts). */
const PROGRESS = /^valetkey: still .* \.\.\.$/;

/** Returns the lines of a transcript without what differs from run to run: times, ids, durations, the width of columns, and progress. */
export const steady = (page: string): readonly string[] =>
  VOLATILE.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), page)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => !PROGRESS.test(line));

/** Lists the lines that only one of two transcripts has, marked as in a diff; empty where both are equal. */
export function differences(before: string, now: string): readonly string[] {
  const [old, fresh] = [steady(before), steady(now)];
  const lines: string[] = [];
  let at = 0;
  for (const line of old) {
    const found = fresh.indexOf(line, at);
    if (found < 0) {
      lines.push(`- ${line}`);
      continue;
    }
    lines.push(...fresh.slice(at, found).map((each) => `+ ${each}`));
    at = found + 1;
  }
  return [...lines, ...fresh.slice(at).map((each) => `+ ${each}`)];
}
