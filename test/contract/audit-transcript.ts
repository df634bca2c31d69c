import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { audit } from "../../client/audit/main.ts";

const PAGE = fileURLToPath(new URL("../../docs/auditing.md", import.meta.url));

/** Task of the page. */
const SHOWN_TASK = "597p0e18ckd4";

/** Command of the page with the output shown there. */
export interface Shown {
  readonly command: string;
  readonly prints: string;
}

/** Lists the commands of `docs/auditing.md` that begin with `$`, each with the lines below it. */
export const shownCommands = (): readonly Shown[] =>
  [...readFileSync(PAGE, "utf8").matchAll(/^```console\n\$ (.*)\n((?:.*\n)*?)```$/gm)].map(
    ([, command = "", prints = ""]) => ({
      command,
      prints,
    }),
  );

/** Runs a `valetkey audit` command of the page on another archive and task. */
export async function runShown(command: string, archive: string, task: string): Promise<string> {
  const printed: string[] = [];
  const argv = command.replace("./archive", archive).replace(SHOWN_TASK, task).split(" ").slice(2);
  await audit(argv, { out: (text) => void printed.push(text), err: () => undefined });
  // An id without a digit looks like a word.
  return printed.join("").replaceAll(task.replace(/_$/, ""), SHOWN_TASK);
}

/** The text without values that differ from run to run: times, ids, milliseconds, hashes. */
export const withoutChance = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}/g, "<time>")
    .replace(/until \d\d:\d\d:\d\d/g, "until <time>")
    .replace(/\b(?=[0-9a-z]*\d)[0-9a-z]{12,}(?:_|\b)/g, "<id>")
    .replace(/\b(?=[\w-]*\d)[\w-]{22,}\b/g, "<id>")
    .replace(/after \d+ ms/g, "after <n> ms");
