import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { addressOf } from "../deployments/address-of.ts";
import { ClientError } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import { optionError } from "../unknown-option.ts";
import { type OutputForm, outputForm } from "./print/print.ts";

/** Options of operators' commands. Each command names the options that it takes. */
const OPTIONS = {
  agent: { type: "string" },
  task: { type: "string" },
  status: { type: "string" },
  "inactive-days": { type: "string" },
  reason: { type: "string" },
  file: { type: "string", short: "f" },
  group: { type: "string" },
  intent: { type: "string" },
  purpose: { type: "string" },
  person: { type: "string" },
  standing: { type: "boolean" },
  review: { type: "boolean" },
  decided: { type: "boolean" },
  mine: { type: "boolean" },
  watch: { type: "boolean" },
  ended: { type: "boolean" },
  since: { type: "string" },
  out: { type: "string" },
  days: { type: "string" },
  account: { type: "string" },
  yes: { type: "boolean" },
  lift: { type: "boolean" },
  report: { type: "boolean" },
  wait: { type: "string" },
  issuer: { type: "string" },
  "client-id": { type: "string" },
  scope: { type: "string" },
  for: { type: "string" },
  resource: { type: "string" },
  device: { type: "boolean" },
  config: { type: "string" },
  policies: { type: "string" },
  "before-deploy": { type: "boolean" },
  "sign-in": { type: "string" },
  log: { type: "string" },
  registration: { type: "string" },
  format: { type: "string" },
  connector: { type: "string" },
  delegation: { type: "string" },
  name: { type: "string" },
  forget: { type: "string" },
  agents: { type: "string" },
  strict: { type: "boolean" },
  assumptions: { type: "boolean" },
  policy: { type: "boolean" },
  "dry-run": { type: "boolean" },
} as const;
const COMMON = {
  url: { type: "string" },
  deployment: { type: "string" },
  output: { type: "string", short: "o" },
  "operator-token-file": { type: "string" },
  audience: { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

type Name = keyof typeof OPTIONS;
type Value<N extends Name> = (typeof OPTIONS)[N]["type"] extends "boolean" ? boolean : string;

/** Parsed command line of an operator. */
export interface OperatorOptions<N extends Name> {
  /** URL of valetkey; empty with `--before-deploy`, where there may be none yet, and with `OFFLINE`, which needs none. */
  readonly url: string;
  /** Audience of the operator's token; the service's URL by default. */
  readonly audience: string;
  readonly form: OutputForm;
  readonly tokenFile: string | undefined;
  /** Positional arguments, in order. */
  readonly words: readonly string[];
  readonly option: { readonly [K in N]?: Value<K> };
}

/**
 * Parses an operator's command line.
 * @param names options of the command beside the common ones.
 * @param most positional arguments.
 * @throws {ClientError} usage
 */
export function parseOperator<N extends Name = never>(
  command: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  names: readonly N[] = [],
  most = 0,
): OperatorOptions<N> {
  const { values, positionals } = parsed(command, argv, names, most);
  const isOffline = values["before-deploy"] || OFFLINE.some((name) => values[name] !== undefined);
  const address = isOffline && values.url === undefined ? "" : addressOf(values, env);
  if (address === undefined)
    throw usage(
      `--url (or VALETKEY_URL, or a deployment of \`valetkey use\`) is required; ${ownCommand()} ${command} --help shows an example`,
    );
  return {
    url: address,
    audience: values.audience ?? `${address}/operate`,
    form: outputForm(values),
    tokenFile: values["operator-token-file"],
    words: positionals,
    option: values as OperatorOptions<N>["option"],
  };
}

/** Parses the command line of a command that calls no service. @throws {ClientError} usage */
export function parseLocal<N extends Name = never>(
  command: string,
  argv: readonly string[],
  names: readonly N[] = [],
  most = 0,
): Pick<OperatorOptions<N>, "form" | "words" | "option"> {
  const { values, positionals } = parsed(command, argv, names, most);
  return { form: outputForm(values), words: positionals, option: values as OperatorOptions<N>["option"] };
}

/** Options with which a command needs no service. */
const OFFLINE = ["sign-in", "registration", "connector", "delegation", "assumptions"] as const;

function parsed(command: string, argv: readonly string[], names: readonly Name[], most: number) {
  const all = { ...OPTIONS, ...COMMON };
  const known = [...names, ...Object.keys(COMMON)];
  let read: ReturnType<typeof parseArgs<{ options: typeof all; allowPositionals: true }>>;
  try {
    read = parseArgs({ args: [...argv], options: all, strict: true, allowPositionals: true });
  } catch (error) {
    throw optionError(error, known, command);
  }
  const foreign = (Object.keys(OPTIONS) as Name[]).find(
    (name) => read.values[name] !== undefined && !names.includes(name),
  );
  if (foreign)
    throw usage(`--${foreign} is unknown to ${command}; ${ownCommand()} ${command} --help lists the options`);
  if (read.positionals.length > most)
    throw usage(`there are too many arguments; ${ownCommand()} ${command} --help shows an example`);
  return read;
}

/** Returns a required positional argument. @throws {ClientError} usage where it is missing. */
export function wordOf(options: OperatorOptions<never>, index: number, what: string, command: string): string {
  const word = options.words[index];
  if (word === undefined) throw usage(`say ${what}; ${ownCommand()} ${command} --help shows an example`);
  return word;
}

/** Parses an option's seconds. @throws {ClientError} usage */
export function secondsIn(text: string, option: string): number {
  if (!/^\d{1,5}$/.test(text)) throw usage(`${option} takes seconds`);
  return Number(text);
}

/** Reads a text file. @throws {ClientError} usage */
export function readText(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8");
  } catch {
    throw usage(`${path} cannot be read`);
  }
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);
