/** Exit codes of the workbench's commands; `changed` is `diff`'s own, so that a script can tell a difference from a failure. */
export const EXIT = { good: 0, bad: 1, changed: 3, usage: 64 } as const;

/** Fault that keeps a command from its answer: a wrong command line or file (`usage`), or policies that cannot be used (`bad`). */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly exit: number;

  constructor(sentence: string, exit: number = EXIT.usage) {
    super(sentence);
    this.exit = exit;
  }
}
