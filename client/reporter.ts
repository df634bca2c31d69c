import { plainLine } from "../contract/decision/plain-line.ts";
import { escapedRunnerCommands } from "../contract/decision/runner-commands.ts";
import { ClientError, EXIT_CODES } from "./exit-codes.ts";
import { coveredLines, denialLines } from "./task/denial-lines.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Reporter of valetkey's own messages: sentences, or one JSON object a line with `--json`. Writes to stderr, since stdout is the command's. */
export class Reporter {
  readonly #json: boolean;
  readonly #quiet: boolean;
  readonly #write: (text: string) => void;
  /** True where a person watches: `progress` rewrites its line. */
  readonly #isLive: boolean;
  #isInProgress = false;

  constructor(options: { json: boolean; quiet: boolean; write?: (text: string) => void; isTerminal?: boolean }) {
    this.#json = options.json;
    this.#quiet = options.quiet;
    this.#write = options.write ?? ((text) => process.stderr.write(text));
    const isTerminal = options.isTerminal ?? (options.write === undefined && process.stderr.isTTY === true);
    this.#isLive = isTerminal && !options.json && !options.quiet;
  }

  get isQuiet(): boolean {
    return this.#quiet;
  }

  /** Reports progress; `--quiet` hides it. */
  note(event: string, sentence: string, fields: Fields = {}): void {
    if (!this.#quiet) this.#say(event, sentence, fields);
  }

  /** Shows a sentence in place of the last one, on a terminal and not with `--json` or `--quiet`; shows nothing elsewhere. */
  progress(sentence: string): void {
    if (!this.#isLive) return;
    this.#write(`${this.#isInProgress ? ERASE : ""}valetkey: ${plainLine(sentence)}`);
    this.#isInProgress = true;
  }

  /** Reports progress where no terminal shows it. */
  noteUnlessTerminal(event: string, sentence: string, fields: Fields = {}): void {
    if (!this.#isLive) this.note(event, sentence, fields);
  }

  /** Reports a warning, even with `--quiet`. */
  warn(event: string, sentence: string, fields: Fields = {}): void {
    this.#say(event, sentence, fields);
  }

  /** Reports the error that ends valetkey and returns its exit code. Any other error is a bug, of which only the name is printed: messages may quote secrets. */
  failure(error: unknown): number {
    const known =
      error instanceof ClientError
        ? error
        : new ClientError("bug", "bug", `a bug in valetkey: ${nameOf(error)}; please report it`);
    const [code] = EXIT_CODES[known.reason];
    const { denials, covered, instead, list, lines, personsReason, retryAfterSeconds } = known;
    this.#say(
      known.event,
      known.message,
      {
        exit: code,
        ...(denials.length > 0 && { denials }),
        ...(covered !== undefined && { covered }),
        ...(instead !== undefined && { instead }),
        ...(lines.length > 0 && { faults: lines }),
        ...(personsReason !== undefined && { reason: personsReason }),
        ...(retryAfterSeconds !== undefined && { retry_after: retryAfterSeconds }),
      },
      [
        ...lines,
        ...denialLines(denials),
        ...coveredLines(covered),
        ...(instead === undefined ? [] : ["  ask instead:", `    ${instead}`]),
        ...(instead !== undefined || list === undefined ? [] : ["  what policy permits:", `    ${list}`]),
      ],
    );
    return code;
  }

  /** Waits for the work, and reports once it has taken two seconds. */
  async patiently<T>(what: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.note("waiting", `still ${what} ...`), 2_000);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  #say(event: string, sentence: string, fields: Fields, lines: readonly string[] = []): void {
    if (this.#isInProgress) this.#write("\n");
    this.#isInProgress = false;
    if (this.#json) this.#write(`${ascii(JSON.stringify({ event, message: sentence, ...fields }))}\n`);
    else for (const line of [`valetkey: ${sentence}`, ...lines]) this.#write(`${plainLine(line)}\n`);
  }
}

/** Moves to the start of the line and erases it (ECMA-48: EL). */
const ERASE = "\r\u001b[2K";

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** Escapes all characters beyond ASCII, control characters included, and commands to CI runners, in JSON. */
const ascii = (json: string): string =>
  escapedRunnerCommands(json).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
