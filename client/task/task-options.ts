import { parseArgs } from "node:util";
import { LIMITS, TASK_SECONDS } from "../../contract/limits.ts";
import { defined } from "../../functions/core/defined.ts";
import { addressOf } from "../deployments/address-of.ts";
import { secondsIn } from "../duration.ts";
import { ClientError } from "../exit-codes.ts";
import { type DelegationSource, findDelegation, refuseDelegation } from "../identity/find-delegation.ts";
import { findIdentity } from "../identity/find-identity.ts";
import type { IdentitySource } from "../identity/source.ts";
import { ownCommand } from "../own-command.ts";
import { optionError, unknownOption } from "../unknown-option.ts";
import type { Detail } from "./detail.ts";
import { intentOf, readIntent } from "./intent.ts";

/** Options of a task on the command line. */
export interface TaskOptions {
  readonly url: string;
  readonly audience: string;
  readonly purpose: string;
  readonly details: readonly Detail[];
  readonly ttlSeconds: number | undefined;
  /** `narrow`: the part of the intent that policy permits suffices. */
  readonly mode: "all" | "narrow";
  /** Number of tasks to request with one approval, such as `5/7d`. */
  readonly standing?: string | undefined;
  readonly identity: IdentitySource;
  /** Token of the person for whom the task is; absent for a task of the agent itself. */
  readonly personToken?: string;
  /** Delegation token of the task above, whose holder handed on a part of it; absent for a task of its own. */
  readonly delegationToken?: string;
  /** Source of `delegationToken`. */
  readonly delegation?: DelegationSource;
  /** False: the command ends at once where people must approve first. */
  readonly waits: boolean;
  /** True: the sessions are to stay in the hub, which signs requests; no key is handed out. */
  readonly signs?: boolean;
  /** True: the command can work by signatures of the hub, where policy hands out no key. */
  readonly canSign?: boolean;
  /** True: the command renews the sessions by itself, so they may be short. */
  readonly renews?: boolean;
  /** Command line of the request; absent for a request of a program. */
  readonly line?: CommandLine;
}

/** Command line of a request for a task, from which another request is composed. */
export interface CommandLine {
  readonly command: string;
  /** Options but those of the intent, each as its words. */
  readonly options: readonly (readonly string[])[];
  /** Words behind the two dashes: the user's own command. */
  readonly own?: readonly string[];
}

/** Options of only some commands that open a task. */
const EXTRAS = {
  port: { type: "string" },
  "token-out": { type: "string" },
  "credentials-out": { type: "string" },
  shell: { type: "string" },
  credential: { type: "string" },
  "on-behalf-of": { type: "string" },
  "delegation-file": { type: "string" },
  "delegate-to": { type: "string", multiple: true },
  sign: { type: "boolean" },
} as const;

/** Options of every command that opens a task. */
const OPTIONS = {
  ...EXTRAS,
  url: { type: "string" },
  deployment: { type: "string" },
  audience: { type: "string" },
  purpose: { type: "string" },
  account: { type: "string" },
  allow: { type: "string", multiple: true },
  tool: { type: "string", multiple: true },
  intent: { type: "string" },
  ttl: { type: "string" },
  standing: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  "token-url": { type: "string" },
  "token-command": { type: "string" },
  identity: { type: "string" },
  "accept-less": { type: "boolean" },
  narrow: { type: "boolean" },
  "no-wait": { type: "boolean" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

/** Options of the intent. */
const INTENT: readonly (keyof typeof OPTIONS)[] = ["account", "allow", "tool", "intent", "accept-less"];

/** Options of a command that only proves who it is. */
const CALLER_OPTIONS: readonly (keyof typeof OPTIONS)[] = [
  "url",
  "deployment",
  "audience",
  "token",
  "token-file",
  "token-url",
  "token-command",
  "identity",
  "json",
  "quiet",
];

type Extra = keyof typeof EXTRAS;

/** Values of extra options, unparsed. */
type Extras<E extends Extra> = {
  readonly [Name in E]?: Name extends "delegate-to" ? readonly string[] : Name extends "sign" ? boolean : string;
};

/**
 * Parses the options of a task. A flag wins over its variable; no option that decides who gets what has a default.
 * @param extras further options of this command, returned unparsed.
 * @param takesWords true for a command whose words beside the options are its intent.
 * @throws {ClientError} usage, identity
 */
export function parseTask<E extends Extra = never>(
  command: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  extras: readonly E[] = [],
  takesWords = false,
): { readonly task: TaskOptions; readonly extra: Extras<E> } {
  const known = optionsOf(extras);
  const { values: flags, tokens, positionals: words } = parsed(command, argv, known, takesWords);
  const foreign = (Object.keys(EXTRAS) as Extra[]).find(
    (name) => flags[name] !== undefined && !(extras as readonly Extra[]).includes(name),
  );
  if (foreign) throw unknownOption(`--${foreign}`, known, command);
  const address = addressIn(command, flags, env);
  const purpose = flags.purpose ?? missing(command, "--purpose");
  if (purpose.trim() === "" || [...purpose].length > LIMITS.purposeCharacters)
    throw usage(`--purpose takes 1 to ${LIMITS.purposeCharacters} characters: what this task is for`);
  if (flags.narrow) throw unknownOption("--narrow", [], command);
  const task: TaskOptions = {
    ...address,
    purpose,
    ...intentIn({ ...flags, words }, env),
    mode: flags["accept-less"] ? "narrow" : "all",
    standing: flags.standing,
    identity: findIdentity(flags, env),
    waits: !flags["no-wait"],
    ...delegationIn(command, flags["delegation-file"], env, extras),
    line: { command, options: tokens.flatMap(wordsOf) },
  };
  return { task, extra: flags as Extras<E> };
}

/** Finds the delegation for a command that takes one, and refuses one for any other command. @throws {ClientError} usage */
function delegationIn(
  command: string,
  file: string | undefined,
  env: NodeJS.ProcessEnv,
  extras: readonly Extra[],
): Pick<TaskOptions, "delegation"> {
  if (extras.includes("delegation-file")) return defined({ delegation: findDelegation(file, env) });
  refuseDelegation(command, env);
  return {};
}

/** Parses the options of a command that only proves who it is. @throws {ClientError} usage, identity */
export function parseCaller(
  command: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Pick<TaskOptions, "url" | "audience" | "identity"> & { readonly json: boolean } {
  const { values: flags } = parsed(command, argv, CALLER_OPTIONS);
  const given = Object.keys(flags).find((name) => !(CALLER_OPTIONS as readonly string[]).includes(name));
  if (given) throw unknownOption(`--${given}`, CALLER_OPTIONS, command);
  return { ...addressIn(command, flags, env), identity: findIdentity(flags, env), json: flags.json ?? false };
}

/** Finds the address of the service and the audience of the identity token. @throws {ClientError} usage */
function addressIn(
  command: string,
  flags: Pick<Flags, "url" | "deployment" | "audience">,
  env: NodeJS.ProcessEnv,
): Pick<TaskOptions, "url" | "audience"> {
  const audience = flags.audience ?? env.VALETKEY_AUDIENCE;
  const url =
    addressOf({ ...flags, audience }, env) ??
    missing(command, `--url (or VALETKEY_URL, or a deployment of \`valetkey use\`)`);
  return { url, audience: audience ?? url };
}

/** Parses intent and lifetime of a command inside a task, which needs neither identity nor service. @throws {ClientError} usage */
export function parseIntent(
  command: string,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
): Pick<TaskOptions, "details" | "ttlSeconds"> {
  const { values: flags } = parsed(command, argv, optionsOf([]));
  const foreign = (Object.keys(EXTRAS) as Extra[]).find((name) => flags[name] !== undefined);
  if (foreign) throw usage(`--${foreign} is for a command that opens a task, and --narrow opens none`);
  return intentIn(flags, env);
}

type IntentFlags = Pick<Flags, "allow" | "tool" | "account" | "intent" | "ttl"> & {
  /** Words beside the options, each as `--allow` takes one. */
  readonly words?: readonly string[];
};

/** Makes the intent and the lifetime of a command's options. @throws {ClientError} usage, intent */
export function intentIn(flags: IntentFlags, env: NodeJS.ProcessEnv): Pick<TaskOptions, "details" | "ttlSeconds"> {
  const { words = [], allow = [], tool = [], account = env.VALETKEY_ACCOUNT } = flags;
  const named = { words, allow, tool, account };
  if (flags.intent !== undefined && words.length + allow.length + tool.length > 0)
    throw usage("give --intent, or --allow and --tool, not both");
  const details = flags.intent === undefined ? intentOf(named) : readIntent(flags.intent);
  if (details.length === 0)
    throw usage("say what the task needs: --allow action=arn, --tool server=tool or --intent file.json");
  return { details, ttlSeconds: ttlOf(flags.ttl) };
}

/** Lists the options of a command with these extra ones. */
const optionsOf = (extras: readonly Extra[]): readonly string[] =>
  Object.keys(OPTIONS).filter((name) => !Object.hasOwn(EXTRAS, name) || extras.some((extra) => extra === name));

function parsed(command: string, argv: readonly string[], known: readonly string[], allowPositionals = false) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals, tokens: true });
  } catch (error) {
    throw optionError(error, known, command);
  }
}

type Flags = ReturnType<typeof parsed>["values"];
type Token = ReturnType<typeof parsed>["tokens"][number];

/** Writes an option as it was given: nothing for one of the intent, and no token. */
function wordsOf(token: Token): readonly (readonly string[])[] {
  if (token.kind !== "option" || INTENT.some((name) => name === token.name)) return [];
  const { name, value, inlineValue } = token;
  if (name === "token") return [["--token", "<a fresh token>"]];
  return [inlineValue ? [`--${name}=${value}`] : value === undefined ? [`--${name}`] : [`--${name}`, value]];
}

function ttlOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = secondsIn(text);
  if (seconds === undefined || seconds > TASK_SECONDS.most)
    throw usage("--ttl takes seconds, or 15m or 1h, 12h at most");
  return seconds;
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);

function missing(command: string, option: string): never {
  throw usage(`${option} is required; ${ownCommand()} ${command} --help shows an example`);
}
