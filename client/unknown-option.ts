import { ClientError } from "./exit-codes.ts";
import { nearest } from "./nearest.ts";
import { ownCommand } from "./own-command.ts";
import { shellDashes } from "./shell-quoting.ts";

/** Translates an error of Node's parser of arguments, as `optionFault` does. @param known names of the command's options, without dashes. */
export function optionError(error: unknown, known: readonly string[], command: string): ClientError {
  const isOfCommand = command === "exec" && codeOf(error) === UNEXPECTED;
  return usage(
    isOfCommand
      ? `an argument is not an option; the command to run goes behind two dashes: ${ownCommand()} exec ... ${shellDashes()} aws s3 ls`
      : optionFault(error, known, `${ownCommand()} ${command} --help`),
  );
}

/**
 * Translates an error of Node's parser of arguments to a sentence. Node's message quotes the argument, which may be a misplaced token. The new message
 * quotes only text that looks like an option.
 * @param known names of the options, without dashes.
 * @param help command line that lists them.
 */
export function optionFault(error: unknown, known: readonly string[], help: string): string {
  if (codeOf(error) === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const [option = "an option"] = /(?<=')--?[a-z-]{1,24}(?=')/.exec((error as Error).message) ?? [];
    return unknown(option, known, help);
  }
  if (codeOf(error) === UNEXPECTED) return `an argument is not an option; ${help} shows an example`;
  return "an option lacks its value, or has one that it does not take; a value that starts with a dash is written --option=value";
}

const UNEXPECTED = "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL";

const codeOf = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Makes the error for an option that a command does not take. Suggests the option that was probably meant. */
export const unknownOption = (option: string, known: readonly string[], command: string): ClientError =>
  usage(unknown(option, known, `${ownCommand()} ${command} --help`));

function unknown(option: string, known: readonly string[], help: string): string {
  const meant = option.startsWith("--") ? nearest(option.slice(2), known) : undefined;
  const hint = meant === undefined ? "" : `did you mean --${meant}? `;
  return `${option} is unknown; ${hint}${help} lists the options`;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
