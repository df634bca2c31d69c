import { parseArgs } from "node:util";
import { Problem } from "../../functions/policy/problem.ts";
import { checkoutOf, configFor } from "../files/checkout.ts";
import { ownCommand } from "../own-command.ts";

/** Parsed command line. */
export interface Options {
  readonly folders: readonly string[];
  readonly withFiles: readonly string[];
  readonly json: boolean;
  readonly strict: boolean;
  /** Prints the findings that there are, and checks nothing. */
  readonly findings: boolean;
  readonly prove: boolean;
  /** File `valetkey.json` with the accounts. */
  readonly config: string | undefined;
  /** File of `valetkey apply`. */
  readonly agents: string | undefined;
  readonly agent: string | undefined;
  readonly intent: string | undefined;
  readonly purpose: string | undefined;
  readonly ttl: string | undefined;
  readonly sourceIp: string | undefined;
  /** Person for whom the agent acts, as JSON or a file of it. */
  readonly onBehalfOf: string | undefined;
  readonly at: string | undefined;
  /** Names of the conditions that hold, with commas between them. */
  readonly conditions: string | undefined;
  readonly mode: string | undefined;
  readonly case: string | undefined;
  readonly requests: readonly string[];
}

const FLAGS = {
  with: { type: "string", multiple: true },
  json: { type: "boolean" },
  strict: { type: "boolean" },
  findings: { type: "boolean" },
  prove: { type: "boolean" },
  config: { type: "string" },
  agents: { type: "string" },
  agent: { type: "string" },
  intent: { type: "string" },
  purpose: { type: "string" },
  ttl: { type: "string" },
  "source-ip": { type: "string" },
  "on-behalf-of": { type: "string" },
  at: { type: "string" },
  conditions: { type: "string" },
  mode: { type: "string" },
  case: { type: "string" },
  requests: { type: "string", multiple: true },
} as const;

type Flag = keyof typeof FLAGS;

/** Flags that each command takes. Others are refused, since they would be ignored silently. */
export const FLAGS_OF = {
  check: ["with", "config", "json", "strict", "agents", "findings"],
  test: ["with", "config", "json"],
  explain: [
    "with",
    "config",
    "json",
    "agent",
    "intent",
    "purpose",
    "ttl",
    "source-ip",
    "on-behalf-of",
    "at",
    "conditions",
    "mode",
    "case",
    "prove",
  ],
  diff: ["with", "config", "json", "requests"],
} as const satisfies Record<string, readonly Flag[]>;

export type Command = keyof typeof FLAGS_OF;

/**
 * Parses a command line. The folder and the `valetkey.json` that it does not name are those of `VALETKEY_POLICIES` and `VALETKEY_CONFIG`.
 * @throws {Problem} on a flag that the command does not take, or one without its value.
 * @throws {ClientError} usage, where a variable names a missing file or folder.
 */
export function parseOptions(command: Command, argv: readonly string[], env = process.env): Options {
  const { values, positionals } = parsed(command, argv);
  const taken: readonly string[] = FLAGS_OF[command];
  const odd = Object.keys(values).find((flag) => !taken.includes(flag));
  if (odd !== undefined) throw new Problem(`${command} takes no --${odd}; ${seeHelp(command)}`);
  const folders = positionals.length > 0 ? positionals : [checkoutOf({ config: values.config }, env).policies];
  return {
    folders,
    withFiles: values.with ?? [],
    json: values.json ?? false,
    strict: values.strict ?? false,
    findings: values.findings ?? false,
    prove: values.prove ?? false,
    config: values.config ?? configFor(folders, env),
    agents: values.agents,
    agent: values.agent,
    intent: values.intent,
    purpose: values.purpose,
    ttl: values.ttl,
    sourceIp: values["source-ip"],
    onBehalfOf: values["on-behalf-of"],
    at: values.at,
    conditions: values.conditions,
    mode: values.mode,
    case: values.case,
    requests: values.requests ?? [],
  };
}

function parsed(command: Command, argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Problem(`${error.message.split(". ")[0]}; ${seeHelp(command)}`);
  }
}

const seeHelp = (command: Command): string => `${ownCommand()} policy ${command} --help lists the options`;
