import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { plainLine } from "../contract/decision/plain-line.ts";

/** Files by which a step speaks to its runner. Source: "Workflow commands for GitHub Actions". */
type RunnerFile = "GITHUB_ENV" | "GITHUB_STATE" | "GITHUB_OUTPUT";

/**
 * Writes a value for later steps (`GITHUB_ENV`), for this action's `post` (`GITHUB_STATE`) or for the workflow (`GITHUB_OUTPUT`). A random delimiter
 * keeps a value with line breaks one value.
 */
export function writeValue(file: RunnerFile, name: string, value: string): void {
  const delimiter = `valetkey-${randomUUID()}`;
  appendFileSync(fileOf(file), `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/** Puts a folder first on the `PATH` of later steps. */
export const addPath = (folder: string): void => appendFileSync(fileOf("GITHUB_PATH"), `${folder}\n`);

/** Masks a value in the job's log. */
export const mask = (value: string): boolean => process.stdout.write(`::add-mask::${value}\n`);

/** Reports an error or a warning as an annotation of the step. */
export const annotate = (level: "error" | "warning", sentence: string): boolean =>
  process.stdout.write(`::${level} title=valetkey::${escaped(sentence)}\n`);

/** Writes lines to the step's log, in a form in which none of them is a command to the runner: parts come from the service. */
export function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${plainLine(line)}\n`);
}

function fileOf(name: RunnerFile | "GITHUB_PATH"): string {
  const path = process.env[name];
  if (!path) throw new Error(`${name} is not set: this program is an action, and runs in a job of GitHub Actions`);
  return path;
}

/** Escapes data of a workflow command, so that it ends no line and begins no other command. */
const escaped = (data: string): string => data.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
