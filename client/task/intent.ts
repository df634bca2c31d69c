import { readFileSync } from "node:fs";
import { arnOfAddress, arnOfPath } from "../../contract/s3-address.ts";
import { ClientError } from "../exit-codes.ts";
import { groupedBy } from "../grouped-by.ts";
import type { Detail } from "./detail.ts";
import { isAccount } from "./fields.ts";

interface IntentFlags {
  /** Words beside the options, each as `--allow` takes one. */
  readonly words?: readonly string[];
  readonly allow: readonly string[];
  readonly tool: readonly string[];
  /** Account for ARNs without one (S3), and for `*`. */
  readonly account: string | undefined;
}

interface Allowance {
  readonly account: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/**
 * Makes the intent of `--allow` and `--tool` flags. Each account has one AWS detail, which requests exactly the pairs that the flags name.
 */
export function intentOf({ words = [], allow, tool, account }: IntentFlags): Detail[] {
  const given = [
    ...words.flatMap((word, index) => allowancesOf(word, account, inWords(word, words[index + 1]))),
    ...allow.flatMap((flag) => allowancesOf(flag, account, { said: `--allow ${short(flag)}`, faulty: asFlag(flag) })),
  ];
  const allowances = groupedBy(given, (allowance) => allowance.account);
  return [...[...allowances.values()].map(merged), ...tool.map(toolOf)];
}

/** Reads an `authorization_details` array from a file. @throws {ClientError} usage */
export function readIntent(path: string): Detail[] {
  const details = parseFile(path);
  if (!Array.isArray(details) || !details.every(isDetail)) {
    throw malformed(`--intent ${path} must hold a JSON array of objects with a "type" each`);
  }
  return details;
}

/** Names of an allowance in errors. */
interface InErrors {
  readonly said: string;
  /** Sentence for one of another form. */
  readonly faulty: string;
}

const FORM = "action[,action...]=arn[,arn...]";
const EXAMPLE = "s3:GetObject=arn:aws:s3:::acme-data/reports/*";

const asFlag = (flag: string): string => `--allow takes ${FORM}, for example ${EXAMPLE}, not: ${flag}`;

/** Names a word beside the options. A word without a colon is not quoted, since it may be a misplaced token. */
function inWords(word: string, next = ""): InErrors {
  const takes = `can-i takes ${FORM} in one word, for example '${EXAMPLE}'`;
  const isSplit = !word.includes("=") && next.startsWith("arn:");
  const instead = isSplit ? `; write '${short(`${word}=${next}`)}'` : `, not: ${short(word)}`;
  return { said: short(word), faulty: word.includes(":") ? `${takes}${instead}` : takes };
}

function allowancesOf(flag: string, fallback: string | undefined, { said, faulty }: InErrors): Allowance[] {
  // Splits at the first "=", which no action's name has, but an S3 key may.
  const [, names = "", targets = ""] = /^([^=]*)=(.*)$/s.exec(flag) ?? [];
  const actions = names.split(",").map((name) => name.trim());
  if (!actions.every((action) => /^[a-z0-9-]+:[A-Za-z0-9*]+$/.test(action))) throw usage(faulty);
  // S3 keys may hold commas: a comma separates only where another ARN begins.
  const resources = targets.split(/,(?=arn:|\*$)/).map((target) => target.trim());
  const byAccount = groupedBy(resources, (resource) => accountOf(resource, fallback, { said, actions }));
  return [...byAccount].map(([account, ofAccount]) => ({ account, actions, resources: ofAccount }));
}

function accountOf(
  resource: string,
  fallback: string | undefined,
  about: { readonly said: string; readonly actions: readonly string[] },
): string {
  if (resource !== "*" && !/^arn:[^:]*:[^:]+:[^:]*:[^:]*:./.test(resource)) throw notArn(resource, about);
  const account = resource.split(":")[4] ?? "";
  if (isAccount(account)) return account;
  if (fallback === undefined) throw usage(`${resource} names no account: add --account, or set VALETKEY_ACCOUNT`);
  if (!isAccount(fallback)) throw usage("--account takes the account's 12 digits");
  return fallback;
}

/** Makes one detail of an account's flags: their union where the union requests nothing more than the flags, else a statement for each flag. */
function merged(allowances: readonly Allowance[]): Detail {
  const { account } = allowances[0] ?? {};
  const isWider = allowances.some((one) => allowances.some((other) => isUnnamed(one, other, allowances)));
  if (isWider)
    return {
      type: "aws",
      account,
      statements: allowances.map(({ actions, resources }) => ({ actions, resources })),
    };
  return { type: "aws", account, actions: union(allowances, "actions"), resources: union(allowances, "resources") };
}

/**
 * True where one detail for both flags would request a pair that neither flag names. In one detail, every action applies to every resource that it
 * fits. Only the service knows an action's resource types. Here an action fits resources of its own service, and of services in its own flag.
 */
function isUnnamed(one: Allowance, other: Allowance, all: readonly Allowance[]): boolean {
  const fits = new Set([...one.resources.map(serviceOf), ...one.actions.map((action) => action.split(":")[0])]);
  return one.actions.some((action) =>
    other.resources.some((resource) => {
      const isNamed = all.some((each) => each.actions.includes(action) && each.resources.includes(resource));
      return !isNamed && resource !== "*" && fits.has(serviceOf(resource));
    }),
  );
}

function toolOf(flag: string): Detail {
  const [, server = "", tools = ""] = /^([^=]+)=(.+)$/s.exec(flag) ?? [];
  const names = tools.split(",").map((tool) => tool.trim());
  if (!server || names.some((name) => name === "")) throw usage(`--tool takes server=tool[,tool...], not: ${flag}`);
  return { type: "tool", server, tools: names };
}

function parseFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw usage(`--intent ${path} cannot be read`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`--intent ${path} is not JSON${placeOf(error, text)}`);
  }
}

/** Finds the position of a JSON error, from V8's message. */
function placeOf(error: unknown, text: string): string {
  const [, position] = /at position (\d+)/.exec(String(error)) ?? [];
  const before = text.slice(0, position === undefined ? text.length : Number(position));
  const lines = before.split("\n");
  return `: line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

const isDetail = (value: unknown): value is Detail =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";

/** Cuts a quoted text, so that an error stays readable. */
const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}...` : text);

const serviceOf = (arn: string): string | undefined => arn.split(":")[2];

const union = (list: readonly Allowance[], key: "actions" | "resources"): string[] => [
  ...new Set(list.flatMap((each) => each[key])),
];

function notArn(
  resource: string,
  { said, actions }: { readonly said: string; readonly actions: readonly string[] },
): ClientError {
  const isOfS3 = actions.every((action) => action.startsWith("s3:"));
  const arn = arnOfAddress(resource) ?? (isOfS3 ? arnOfPath(resource) : undefined);
  return usage(`"${short(resource)}" in ${said} is not an ARN${arn ? `; write ${arn}` : ""}`);
}

const usage = (sentence: string): ClientError => new ClientError("usage", "usage", sentence);

const malformed = (sentence: string): ClientError => new ClientError("intent", "intent_malformed", sentence);
