import { EXIT, Problem } from "../../functions/policy/problem.ts";
import { nearest } from "../nearest.ts";
import { helpAsTyped, ownCommand } from "../own-command.ts";
import { testCommand } from "./cases/test-command.ts";
import { checkCommand } from "./check/check-command.ts";
import { diffCommand } from "./diff/diff-command.ts";
import { explainCommand } from "./explain/explain-command.ts";
import { COMMAND_HELP, POLICY_HELP } from "./help.ts";
import { type Command, FLAGS_OF, type Options, parseOptions } from "./options.ts";

/** Functions that receive the output. */
export interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const COMMANDS: Readonly<
  Record<Command, (options: Options, print: (text: string) => void) => number | Promise<number>>
> = {
  check: checkCommand,
  test: testCommand,
  explain: explainCommand,
  diff: diffCommand,
};

/** Runs `valetkey policy <argv>` and returns its exit code. Answers go to `out`, problems to `err`. */
export async function policy(argv: readonly string[], screen: Screen = TERMINAL): Promise<number> {
  const [name, ...rest] = argv;
  try {
    if (name === undefined || name === "--help") {
      screen.out(helpAsTyped(POLICY_HELP));
      return EXIT.good;
    }
    if (!isCommand(name)) throw new Problem(noCommand(name));
    if (rest.includes("--help")) {
      screen.out(helpAsTyped(COMMAND_HELP[name]));
      return EXIT.good;
    }
    return await COMMANDS[name](parseOptions(name, rest), screen.out);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    screen.err(`valetkey policy: ${error.message}\n`);
    return error.exit;
  }
}

function noCommand(name: string): string {
  const meant = nearest(name, Object.keys(FLAGS_OF));
  const hint = meant === undefined ? "" : `did you mean ${meant}? `;
  return `there is no such command; ${hint}${ownCommand()} policy --help lists the commands`;
}

const isCommand = (name: string): name is Command => Object.hasOwn(FLAGS_OF, name);

const TERMINAL: Screen = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
