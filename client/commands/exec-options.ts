import { isAgentId } from "../../contract/agent-id.ts";
import { ClientError } from "../exit-codes.ts";
import { findPerson, type PersonSource } from "../identity/find-person.ts";
import { ownCommand } from "../own-command.ts";
import { parseTask, type TaskOptions } from "../task/task-options.ts";

export interface ExecOptions extends TaskOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Source of the token of the person for whom the command works. */
  readonly person?: PersonSource;
  /** Registered ids of the agents to which the command may hand on parts of the task. */
  readonly delegatesTo: readonly string[];
}

/** Parses the command line of `exec`. Options end at the first `--`; the rest is the command. */
export function parseExec(argv: readonly string[], env: NodeJS.ProcessEnv): ExecOptions {
  const split = argv.indexOf("--");
  const [command, ...args] = split < 0 ? [] : argv.slice(split + 1);
  const { task, extra } = parseTask("exec", split < 0 ? argv : argv.slice(0, split), env, [
    "on-behalf-of",
    "delegation-file",
    "delegate-to",
    "sign",
  ]);
  const onBehalfOf = extra["on-behalf-of"];
  const delegatesTo = subAgentsOf(extra["delegate-to"]);
  if (onBehalfOf !== undefined && task.delegation)
    throw new ClientError(
      "usage",
      "usage",
      "a sub-agent works for whom its parent works: leave out --on-behalf-of where there is a delegation",
    );
  if (!command)
    throw new ClientError(
      "usage",
      "usage",
      `name the command to run behind two dashes: ${ownCommand()} exec ... -- aws s3 ls`,
    );
  return {
    ...task,
    ...(task.line && { line: { ...task.line, own: [command, ...args] } }),
    command,
    args,
    delegatesTo,
    canSign: true,
    ...(extra.sign && { signs: true }),
    ...(onBehalfOf === undefined ? {} : { person: findPerson(onBehalfOf, env) }),
  };
}

/** Checks the agents of `--delegate-to`. @throws {ClientError} usage */
export function subAgentsOf(named: readonly string[] = []): readonly string[] {
  if (named.every(isAgentId)) return named;
  throw new ClientError("usage", "usage", "--delegate-to takes the registered id of a sub-agent: --delegate-to helper");
}
