import { parseArgs } from "node:util";
import { ExitError } from "./exit-codes.ts";
import { type Detail, intentOf, readIntent } from "./intent.ts";
import { safeUrl } from "./safe-url.ts";

/** Where the agent's own OIDC token comes from. `github` is GitHub Actions' token endpoint, which wants its own bearer token. */
export type IdentitySource =
  | { readonly kind: "token"; readonly token: string }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "github"; readonly url: string; readonly bearer: string };

export interface ExecOptions {
  readonly url: string;
  readonly audience: string;
  readonly purpose: string;
  readonly details: readonly Detail[];
  readonly ttlSeconds: number | undefined;
  readonly identity: IdentitySource;
  readonly command: string;
  readonly args: readonly string[];
}

const OPTIONS = {
  url: { type: "string" },
  audience: { type: "string" },
  purpose: { type: "string" },
  account: { type: "string" },
  allow: { type: "string", multiple: true },
  tool: { type: "string", multiple: true },
  intent: { type: "string" },
  ttl: { type: "string" },
  token: { type: "string" },
  "token-file": { type: "string" },
  "token-url": { type: "string" },
  json: { type: "boolean" },
  quiet: { type: "boolean" },
} as const;

/** What `exec` was asked to do. A flag beats its variable; nothing that decides who gets what has a default. */
export function parseExec(argv: readonly string[], env: NodeJS.ProcessEnv): ExecOptions {
  const split = argv.indexOf("--");
  const [command, ...args] = split < 0 ? [] : argv.slice(split + 1);
  const flags = parseFlags(split < 0 ? argv : argv.slice(0, split));
  if (!command) throw usage("name the command to run behind two dashes: valetkey exec ... -- aws s3 ls");

  const url = safeUrl(flags.url ?? env.VALETKEY_URL ?? missing("--url (or VALETKEY_URL)"), "--url");
  const purpose = flags.purpose ?? missing("--purpose");
  if (purpose.trim() === "" || [...purpose].length > 256)
    throw usage("--purpose takes 1 to 256 characters: what this task is for");
  const asked = { allow: flags.allow ?? [], tool: flags.tool ?? [], account: flags.account ?? env.VALETKEY_ACCOUNT };
  if (flags.intent !== undefined && asked.allow.length + asked.tool.length > 0)
    throw usage("give --intent, or --allow and --tool, not both");
  const details = flags.intent === undefined ? intentOf(asked) : readIntent(flags.intent);
  if (details.length === 0)
    throw usage("say what the task needs: --allow action=arn, --tool server=tool or --intent file.json");
  const audience = flags.audience ?? env.VALETKEY_AUDIENCE ?? url;
  return {
    url,
    audience,
    purpose,
    details,
    ttlSeconds: ttlOf(flags.ttl),
    identity: identityOf(flags, env),
    command,
    args,
  };
}

function parseFlags(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    // Node's message quotes the argument, which may be a token in the wrong place: ours quotes only what looks like a flag.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
      const [option = "an option"] = /(?<=')--?[a-z-]{1,24}(?=')/.exec(message) ?? [];
      throw usage(`${option} is unknown; valetkey exec --help lists the options, and the command goes behind --`);
    }
    if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL")
      throw usage("an argument is not an option; the command goes behind two dashes: -- aws s3 ls");
    throw usage(
      "an option lacks its value, or has one that it does not take; a value that starts with a dash is written --option=value",
    );
  }
}

function ttlOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > 43_200)
    throw usage("--ttl takes seconds, 43200 at most");
  return Number(text);
}

function identityOf(flags: ReturnType<typeof parseFlags>, env: NodeJS.ProcessEnv): IdentitySource {
  const given = sourcesOf(flags.token, flags["token-file"], flags["token-url"]);
  if (given.length > 1) throw usage("give one of --token-file, --token-url and --token");
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = env;
  const [source] = [
    ...given,
    ...sourcesOf(env.VALETKEY_TOKEN, env.VALETKEY_TOKEN_FILE, env.VALETKEY_TOKEN_URL),
    ...(url && bearer ? [{ kind: "github", url, bearer } as const] : []),
  ];
  if (source) return source;
  throw new ExitError(
    "identity",
    "no_identity",
    "there is no identity token: give --token-file, --token-url, or VALETKEY_TOKEN; in GitHub Actions, give the job permissions: id-token: write",
  );
}

function sourcesOf(token?: string, path?: string, url?: string): IdentitySource[] {
  return [
    ...(token ? [{ kind: "token", token } as const] : []),
    ...(path ? [{ kind: "file", path } as const] : []),
    ...(url ? [{ kind: "url", url } as const] : []),
  ];
}

const usage = (sentence: string): ExitError => new ExitError("usage", "usage", sentence);

function missing(option: string): never {
  throw usage(`${option} is required; valetkey exec --help shows an example`);
}
