import { quotedWord } from "../contract/decision/typed-command.ts";

/** Shell whose syntax a printed command line has. */
export type Shell = "sh" | "fish" | "powershell";

/** Quotes of each shell within which every other character is literal. */
const QUOTED: Readonly<Record<Shell, (text: string) => string>> = {
  sh: quotedWord,
  fish: (text) => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  // PowerShell reads typographic quotes as quotes too.
  powershell: (text) => `'${text.replaceAll(/['\u2018-\u201b]/g, "$&$&")}'`,
};

/**
 * Quotes a text as one literal word of a command line that a person copies, or that a shell reads.
 * @param shell the shell of this process's environment unless given.
 * @example shellQuoted("it's") // 'it'\''s'
 */
export const shellQuoted = (text: string, shell: Shell = shellOf(process.env)): string => QUOTED[shell](text);

/** Word that every shell reads as it is. PowerShell splits one with a dash first at a full stop or a colon. */
const PLAIN = /^(?!-.*[.:])[\w./-][\w./:=-]*$/;

/** Writes a text as one literal word, without quotes where no shell needs them. @example shellWord("ls") // "ls" */
export const shellWord = (text: string, shell: Shell = shellOf(process.env)): string =>
  PLAIN.test(text) ? text : shellQuoted(text, shell);

/** Writes the two dashes between valetkey's options and a command. npm's script for PowerShell passes no unquoted ones on. */
export const shellDashes = (shell: Shell = shellOf(process.env)): string =>
  shell === "powershell" ? shellQuoted("--", shell) : "--";

/** Writes the line that removes variables. */
export const unsetLine = (...names: readonly string[]): string =>
  shellOf(process.env) === "powershell"
    ? `Remove-Item ${names.map((name) => `Env:${name}`).join(", ")}`
    : `unset ${names.join(" ")}`;

/**
 * Guesses the shell from which a process was started. `SHELL` names a Unix shell, also of Git for Windows. PowerShell sets `PSModulePath` and no `SHELL`.
 * @param platform `process.platform` unless given.
 */
export function shellOf(env: NodeJS.ProcessEnv, platform: string = process.platform): Shell {
  if (env.SHELL) return "sh";
  return platform === "win32" || env.PSModulePath ? "powershell" : "sh";
}
