import { ClientError } from "../exit-codes.ts";
import { findPerson, type PersonSource } from "../identity/find-person.ts";
import { parseTask, type TaskOptions } from "../task/task-options.ts";

export interface ExecOptions extends TaskOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Source of the token of the person for whom the command works. */
  readonly person?: PersonSource;
}

/** Parses the command line of `exec`. Options end at the first `--`; the rest is the command. */
export function parseExec(argv: readonly string[], env: NodeJS.ProcessEnv): ExecOptions {
  const split = argv.indexOf("--");
  const [command, ...args] = split < 0 ? [] : argv.slice(split + 1);
  const { task, extra } = parseTask("exec", split < 0 ? argv : argv.slice(0, split), env, ["on-behalf-of"]);
  const onBehalfOf = extra["on-behalf-of"];
  if (!command)
    throw new ClientError(
      "usage",
      "usage",
      "name the command to run behind two dashes: valetkey exec ... -- aws s3 ls",
    );
  return { ...task, command, args, ...(onBehalfOf === undefined ? {} : { person: findPerson(onBehalfOf, env) }) };
}
