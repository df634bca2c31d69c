import { withoutRunnerCommands } from "./runner-commands.ts";

/**
 * Makes a text one line that no terminal and no CI runner obeys. A control or format character, a lone surrogate, and a separator of lines or paragraphs becomes a
 * space. Every text of others (agents, tokens, files, AWS) goes through here before it is printed.
 * @param value anything; nothing for null and undefined.
 */
export const plainLine = (value: unknown): string =>
  withoutRunnerCommands(String(value ?? "").replace(/[\p{C}\p{Zl}\p{Zp}]/gu, " "));
