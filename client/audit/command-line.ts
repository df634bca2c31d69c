import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { spanIn } from "../../contract/decision/moment.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { arnOfAddress } from "../../contract/s3-address.ts";
import { parseVerifierKey } from "../../functions/core/archive/signed-note.ts";
import type { Facts } from "../../functions/core/journal/event.ts";
import { ownCommand } from "../own-command.ts";
import { shellWord } from "../shell-quoting.ts";
import { readIssuerKeys } from "./issuer-keys.ts";
import { type KnownFault, readKnownFaults } from "./known-faults.ts";

/** Exit codes: the verdicts of `verify`, a wrong command line, and a place that cannot be read. */
export const EXIT = {
  intact: 0,
  tampered: 1,
  incomplete: 2,
  "known faults only": 3,
  usage: 64,
  unreadable: 69,
} as const;

/** Outputs of the command: standard output and standard error. */
export interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

const OPTIONS = {
  key: { type: "string" },
  anchor: { type: "string" },
  json: { type: "boolean" },
  task: { type: "string" },
  agent: { type: "string" },
  person: { type: "string" },
  approver: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  resource: { type: "string" },
  denied: { type: "boolean" },
  decisions: { type: "boolean" },
  controls: { type: "boolean" },
  ocsf: { type: "boolean" },
  proofs: { type: "boolean" },
  receipt: { type: "string" },
  known: { type: "string" },
  issuers: { type: "string" },
  at: { type: "string" },
  action: { type: "string", multiple: true },
  policies: { type: "string" },
  config: { type: "string" },
  repository: { type: "string" },
} as const;

const OPTIONS_OF = {
  verify: ["key", "anchor", "json", "receipt", "known", "issuers"],
  show: [
    "key",
    "known",
    "issuers",
    "json",
    "task",
    "agent",
    "person",
    "approver",
    "since",
    "until",
    "at",
    "resource",
    "denied",
    "decisions",
    "controls",
    "ocsf",
  ],
  "who-could": ["key", "known", "json", "at", "action", "policies", "config", "repository"],
  bundle: ["key", "json", "proofs"],
} as const satisfies Record<string, readonly (keyof typeof OPTIONS)[]>;
export type Command = keyof typeof OPTIONS_OF;
export type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

/** Mistake in the command line, or in a file that it names. */
export class Usage extends Error {}

/** True for the name of a command. */
export const isCommand = (name: string): name is Command => Object.hasOwn(OPTIONS_OF, name);

/** Parses the options of a command. @throws {Usage} for an option that the command does not take. */
export function parse(command: Command, argv: readonly string[]): { values: Values; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
    const allowed: readonly string[] = OPTIONS_OF[command];
    const odd = Object.keys(values).find((each) => !allowed.includes(each));
    if (odd !== undefined) throw new Usage(`${command} takes no --${odd}`);
    return { values, positionals };
  } catch (error) {
    throw error instanceof Usage ? error : new Usage((error as Error).message.split(". ")[0]);
  }
}

/** Reads the keys of issuers that `--issuers` names; undefined where it is not given. */
export async function issuerKeysIn(file: string | undefined): Promise<readonly Facts[] | undefined> {
  if (file === undefined) return undefined;
  const keys = isFile(file) ? await readIssuerKeys(file) : undefined;
  if (!keys)
    throw new Usage(
      `--issuers takes a file of issuers, each with iss, aud, person, freshness and the keys of its JWK Set${noFile(file)}`,
    );
  return keys;
}

/** Reads a file of faults that somebody has looked into. */
export async function knownIn(file: string): Promise<readonly KnownFault[]> {
  const known = isFile(file) ? await readKnownFaults(file) : undefined;
  if (!known)
    throw new Usage(
      `--known takes a file {"known": [...]}; each fault has event, or what and found, and a reason${noFile(file)}`,
    );
  return known;
}

/** Warns that the key proves nothing about whose log this is. */
export const notPinned = (key: string | undefined): string =>
  key === undefined
    ? ""
    : `The key is from the archive itself. Compare it with the one that you store elsewhere, or name it with --key:\n  ${visibleText(key)}\n`;

/** Refuses an answer from a tampered log: a line of it, saved or piped on, would read as evidence. */
export const refusesTampered = (place: string): string =>
  `This archive is tampered, and answers nothing: see ${ownCommand()} audit verify ${shellWord(place)}\n`;

/** Words that a file is not there, for the end of a sentence; empty for one that is. */
const noFile = (place: string): string => (isFile(place) ? "" : `: there is no file ${place}`);

/** Key that `--key` names: the text itself, or a file that holds it. */
export function pinnedKey(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const text = isFile(given) ? readFileSync(given, "utf8").trim() : given;
  if (!parseVerifierKey(text)) throw new Usage(`--key takes a verifier key, or a file that holds one${noFile(given)}`);
  return text;
}

/**
 * Reads the one moment of `--at`, or takes this one; epoch milliseconds.
 * @throws {Usage} for a day, within which the answer may change, and for a moment to come.
 */
export function momentIn(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const span = spanIn(text, Date.now());
  if (!span || span.firstMs !== span.lastMs)
    throw new Usage(
      `--at takes one moment: 90m, 24h or 7d ago, or an instant such as ${DAY_BEFORE.exec(text)?.[0] ?? "2026-11-24"}T12:00:00Z${span ? ". Grants of a whole day: audit show --resource <arn> --since <day> --until <day>" : ""}`,
    );
  if (span.firstMs > Date.now()) throw new Usage("--at takes a moment that has passed");
  return span.firstMs;
}

const DAY_BEFORE = /^\d{4}-\d\d-\d\d$/;

/** Reads an ARN or a pattern of ARNs. @throws {Usage} with the ARN to write for an address of S3. */
export function arnIn(text: string, option: string): string {
  if (/^arn:[^:\s]*:[^:\s]+:[^:]*:[^:]*:\S/.test(text)) return text;
  const arn = arnOfAddress(text);
  throw new Usage(
    arn === undefined
      ? `${option} takes an ARN, or a pattern with *: arn:aws:s3:::acme-data/reports/*`
      : `${option} takes an ARN: write ${arn}`,
  );
}

/** Prints progress to standard error where reading takes longer than two seconds. */
export const watched = ({ err }: Screen) => ({ say: (line: string) => err(`valetkey audit: ${line}\n`) });

/** True where a file has this name. */
export const isFile = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;
