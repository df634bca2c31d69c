import { parseArgs } from "node:util";
import { ACCOUNT_ID, REGION } from "../../contract/names.ts";
import { ClientError } from "../exit-codes.ts";
import { ownCommand } from "../own-command.ts";
import { optionError } from "../unknown-option.ts";
import type { Filled } from "./template.ts";

/** Parsed command line of `valetkey init`. */
export interface InitOptions {
  readonly folder: string;
  readonly filled: Filled;
  /** Archive of the package of a deployment, to be copied into the folder. */
  readonly archive: string | undefined;
  /** File of the template to print, in place of everything else. */
  readonly show: string | undefined;
  readonly json: boolean;
}

/** Form of each value, and its description. No such value can break out of the JSON or the Cedar that it is written into. */
const FORMS: Readonly<Record<keyof Filled, readonly [form: RegExp, description: string]>> = {
  hub: [ACCOUNT_ID, "an account's 12 digits"],
  target: [ACCOUNT_ID, "an account's 12 digits"],
  region: [REGION, "a Region, such as eu-central-1"],
  url: [/^https:\/\/[\w.:/-]+$/, "an https address"],
  issuer: [/^https:\/\/[\w.:/-]+$/, "an https address"],
  operator: [/^[^"\\\p{C}]{1,256}$/u, "the subject of a person's token"],
  bucket: [/^[a-z0-9.-]{3,63}$/, "a bucket's name"],
  console: [/^https:\/\/[\w.:-]+$/, "an https address without a path"],
  client: [/^[\w.:/-]{1,256}$/, "the id of a client"],
  approvals: [/^[\w.:/-]{1,256}$/, "the id of a client"],
  witness: [/^[a-z0-9][a-z0-9-]{2,62}$/, "a bucket's name without dots"],
  audit: [ACCOUNT_ID, "an account's 12 digits"],
};

const NAMES = Object.keys(FORMS) as readonly (keyof Filled)[];

/** @throws {ClientError} usage */
export function parseInit(argv: readonly string[]): InitOptions {
  const { values, positionals } = parsed(argv);
  if (positionals.length > 1) throw usage("init takes one folder, the current one by default");
  const filled = Object.fromEntries(
    NAMES.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])),
  ) satisfies Filled;
  for (const name of NAMES) {
    const [form, description] = FORMS[name];
    if (filled[name] !== undefined && !form.test(filled[name])) throw usage(`--${name} takes ${description}`);
  }
  return {
    folder: positionals[0] ?? ".",
    filled,
    archive: values.archive,
    show: values.show,
    json: values.json ?? false,
  };
}

const TEXT = { type: "string" } as const;

const OPTIONS = {
  hub: TEXT,
  target: TEXT,
  region: TEXT,
  url: TEXT,
  issuer: TEXT,
  operator: TEXT,
  bucket: TEXT,
  console: TEXT,
  client: TEXT,
  approvals: TEXT,
  witness: TEXT,
  audit: TEXT,
  archive: TEXT,
  show: TEXT,
  json: { type: "boolean" },
} as const;

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    throw optionError(error, Object.keys(OPTIONS), "init");
  }
}

export const usage = (sentence: string): ClientError =>
  new ClientError("usage", "usage", `${sentence}; ${ownCommand()} help init lists the options`);
