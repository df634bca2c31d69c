import { ClientError } from "./exit-codes.ts";
import { nearest } from "./nearest.ts";
import { ownCommand } from "./own-command.ts";

/**
 * Translates an error of Node's parser of arguments. Node's message quotes the argument, which may be a misplaced token. The new message quotes only
 * text that looks like an option.
 * @param known names of the command's options, without dashes.
 */
export function optionError(error: unknown, known: readonly string[], command: string): ClientError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const [option = "an option"] = /(?<=')--?[a-z-]{1,24}(?=')/.exec(message) ?? [];
    return unknownOption(option, known, command);
  }
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL")
    return usage(`an argument is not an option; ${ownCommand()} ${command} --help shows an example`);
  return usage(
    "an option lacks its value, or has one that it does not take; a value that starts with a dash is written --option=value",
  );
}

/** Makes the error for an option that a command does not take. Suggests the option that was probably meant. */
export function unknownOption(option: string, known: readonly string[], command: string): ClientError {
  const meant = option.startsWith("--") ? nearest(option.slice(2), known) : undefined;
  const hint = meant === undefined ? "" : `did you mean --${meant}? `;
  return usage(`${option} is unknown; ${hint}${ownCommand()} ${command} --help lists the options`);
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
