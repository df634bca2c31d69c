/** Exit codes of the workbench's commands. Only `diff` returns `changed`, so that a script can distinguish a difference from a failure. */
export const EXIT = { good: 0, bad: 1, changed: 3, usage: 64 } as const;

/** Fault because of which a command has no answer: a wrong command line or file (`usage`), or unusable policies (`bad`). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly exit: number;

  constructor(sentence: string, exit: number = EXIT.usage) {
    super(sentence);
    this.exit = exit;
  }
}
