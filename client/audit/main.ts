import { readFileSync, statSync } from "node:fs";
import { parseArgs } from "node:util";
import { type AgentId, isAgentId } from "../../contract/agent-id.ts";
import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { VERIFIER_KEY } from "../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { parseVerifierKey } from "../../functions/core/archive/signed-note.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Facts } from "../../functions/core/journal/event.ts";
import { ocsfOf } from "../../functions/core/siem/ocsf.ts";
import type { Hub } from "../../functions/core/siem/ocsf-event.ts";
import { groupedBy } from "../grouped-by.ts";
import { bundleOf, readBundle, type VerifiedBundle, verifyBundle } from "./bundle.ts";
import { type GivenReceipt, readReceipts, receiptFaults } from "./compare-receipt.ts";
import { controlsOf } from "./controls-of.ts";
import { nameOf } from "./event-name.ts";
import { AUDIT_HELP } from "./help.ts";
import { readIssuerKeys } from "./issuer-keys.ts";
import { type KnownFault, readKnownFaults } from "./known-faults.ts";
import { verdictOf } from "./log-fault.ts";
import { anchoredIn, Unreadable, withArchive } from "./open-archive.ts";
import { type StorySelection, select } from "./story.ts";
import { type VerifiedArchive, verifyArchive } from "./verify-archive.ts";
import type { CheckedKill } from "./verify-kills.ts";
import type { CheckedVote } from "./verify-votes.ts";
import { line } from "./words.ts";

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
  denied: { type: "boolean" },
  decisions: { type: "boolean" },
  controls: { type: "boolean" },
  ocsf: { type: "boolean" },
  proofs: { type: "boolean" },
  receipt: { type: "string" },
  known: { type: "string" },
  issuers: { type: "string" },
} as const;

const OPTIONS_OF = {
  verify: ["key", "anchor", "json", "receipt", "known", "issuers"],
  show: [
    "key",
    "issuers",
    "json",
    "task",
    "agent",
    "person",
    "approver",
    "since",
    "denied",
    "decisions",
    "controls",
    "ocsf",
  ],
  bundle: ["key", "json", "proofs"],
} as const satisfies Record<string, readonly (keyof typeof OPTIONS)[]>;
type Command = keyof typeof OPTIONS_OF;
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

/** Mistake in the command line, or in a file that it names. */
class Usage extends Error {}

/** Runs `valetkey audit <argv>` and returns its exit code. Results go to `out`, errors and hints to `err`. */
export async function audit(argv: readonly string[], screen: Screen = TERMINAL): Promise<number> {
  const [name = "--help", ...rest] = argv;
  if (name === "--help" || rest.includes("--help")) {
    screen.out(AUDIT_HELP);
    return EXIT.intact;
  }
  try {
    if (!isCommand(name)) throw new Usage(`there is no command ${name}`);
    const { values, positionals } = parse(name, rest);
    const [place, task, ...more] = positionals;
    if (place === undefined || more.length > 0 || (task !== undefined) !== (name === "bundle"))
      throw new Usage(
        name === "bundle" ? "bundle takes a folder or bucket, and a task" : `${name} takes one folder or bucket`,
      );
    if (name === "verify") return await verify(place, values, screen);
    if (name === "show") return await show(place, values, screen);
    return await bundle(place, task ?? "", values, screen);
  } catch (error) {
    if (error instanceof Unreadable) {
      screen.err(`valetkey audit: ${visibleText(error.message)}\n`);
      return EXIT.unreadable;
    }
    if (!(error instanceof Usage)) throw error;
    screen.err(`valetkey audit: ${visibleText(error.message)}; valetkey audit --help shows examples\n`);
    return EXIT.usage;
  }
}

const isCommand = (name: string): name is Command => Object.hasOwn(OPTIONS_OF, name);

function parse(command: Command, argv: readonly string[]): { values: Values; positionals: readonly string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
    const allowed: readonly string[] = OPTIONS_OF[command];
    const odd = Object.keys(values).find((each) => !allowed.includes(each));
    if (odd !== undefined) throw new Usage(`${command} takes no --${odd}`);
    return { values, positionals };
  } catch (error) {
    throw error instanceof Usage ? error : new Usage((error as Error).message);
  }
}

/** Verifies an archive or a bundle. */
async function verify(place: string, values: Values, screen: Screen): Promise<number> {
  const pinned = pinnedKey(values.key);
  const receipts = values.receipt === undefined ? [] : await receiptsIn(values.receipt);
  const issuerKeys = await issuerKeysIn(values.issuers);
  if (isFile(place)) {
    if (values.known !== undefined) throw new Usage("--known goes with an archive, not with a bundle");
    const read = await readBundle(place);
    if (!read) throw new Usage(`${place} is no bundle of valetkey audit bundle`);
    const verified = withReceipts(await verifyBundle(read, pinned, issuerKeys), receipts);
    return report(verified, [`${read.entries.length} events of ${read.task}`], values, screen);
  }
  const anchored = values.anchor === undefined ? undefined : await anchoredIn(values.anchor, watched(screen));
  const named = values.known === undefined ? [] : await knownIn(values.known);
  const archive = await withArchive(place, watched(screen), (source) =>
    verifyArchive(source, pinned, anchored, named, issuerKeys),
  );
  const verified = withReceipts(archive, receipts);
  const code = report(verified, summaryOf(verified), values, screen);
  if (values.anchor === undefined) screen.err(NOT_ANCHORED);
  return code;
}

/** Reads the keys of issuers that `--issuers` names; undefined where it is not given. */
async function issuerKeysIn(file: string | undefined): Promise<readonly Facts[] | undefined> {
  if (file === undefined) return undefined;
  const keys = isFile(file) ? await readIssuerKeys(file) : undefined;
  if (!keys)
    throw new Usage(
      "--issuers takes a file of issuers, each with iss, aud, person, freshness and the keys of its JWK Set",
    );
  return keys;
}

/** Reads a file of receipts that the service gave. */
async function receiptsIn(file: string): Promise<readonly GivenReceipt[]> {
  const receipts = isFile(file) ? await readReceipts(file) : undefined;
  if (!receipts) throw new Usage("--receipt takes a file of valetkey receipt --json");
  return receipts;
}

/** Reads a file of faults that somebody has looked into. */
async function knownIn(file: string): Promise<readonly KnownFault[]> {
  const known = isFile(file) ? await readKnownFaults(file) : undefined;
  if (!known)
    throw new Usage('--known takes a file {"known": [...]}; each fault has event, or what and found, and a reason');
  return known;
}

/** Adds the faults of receipts that contradict the log. */
function withReceipts<T extends VerifiedArchive | VerifiedBundle>(verified: T, receipts: readonly GivenReceipt[]): T {
  const more = receipts.flatMap((each) => receiptFaults(each, verified.kills, verified.events));
  const faults = [...verified.faults, ...more];
  return { ...verified, faults, verdict: verdictOf(faults, "known" in verified ? verified.known : []) };
}

const NOT_ANCHORED =
  "Not anchored: an administrator of the hub's account could have forked this log. Compare it with the checkpoints of a witness: --anchor <folder>.\n";

/** Returns the lines below the verdict: sizes, anchors, restores and cut journals. */
function summaryOf(verified: VerifiedArchive): readonly string[] {
  const { size, journals, origin, earlier, anchored, restored, cuts, known, unmatched } = verified;
  return [
    `${size} events in ${journals} journals of ${origin ?? "an unknown log"}; ${earlier} earlier checkpoints`,
    ...(anchored ? [`  ${anchored.name}: its ${anchored.size} events are in the log`] : []),
    ...restored.map((at) => `  restored at ${at}: what the copy did not have was lost to the hub, and is here`),
    ...cuts.map(({ journal, after }) => `  cut by a restore: ${journal}, after event ${after}`),
    ...known.map(({ what, found, reason }) => `  known  ${what}: ${found} (${reason})`),
    ...unmatched.map(
      (each) => `  not found  ${"event" in each ? each.event : each.what}: no such fault (${each.reason})`,
    ),
  ];
}

function report(
  verified: VerifiedArchive | VerifiedBundle,
  [what = "", ...more]: readonly string[],
  { json }: Values,
  { out, err }: Screen,
): number {
  const { events, verdict, faults, isKeyPinned, key } = verified;
  if (json) out(`${JSON.stringify({ ...verified, events: events.length }, null, 2)}\n`);
  else {
    const lines = [
      `${verdict}: ${what}`,
      ...more,
      ...[...tallied(verified.votes), ...counted(verified.kills)].map((text) => `  ${text}`),
      ...faults.slice(0, MOST_FAULTS).map((fault) => `  ${fault.kind}  ${fault.what}: ${fault.found}`),
      ...(faults.length > MOST_FAULTS ? [`  and ${faults.length - MOST_FAULTS} more`] : []),
    ];
    // The archive's maker chose the names of its objects, its journals and the log: their control characters are
    // escaped.
    out(lines.map((text) => `${visibleText(text)}\n`).join(""));
  }
  if (!isKeyPinned) err(notPinned(key));
  return EXIT[verdict];
}

/** Warns that the key proves nothing about whose log this is. */
const notPinned = (key: string | undefined): string =>
  key === undefined
    ? ""
    : `The key is from the archive itself. Compare it with the one that you store elsewhere, or name it with --key:\n  ${visibleText(key)}\n`;

/** Counts what people signed by its verdict: "votes of people: 3 verified, 1 proof erased". */
function tallied(votes: readonly CheckedVote[]): readonly string[] {
  // A vote is named by `approve`'s event and by the event of its use. A fault in either one counts.
  const worstLast = votes.toSorted((a, b) => Number(a.why !== undefined) - Number(b.why !== undefined));
  const distinct = [...new Map(worstLast.map((each) => [each.vote, each.verdict])).values()];
  const counts = [...groupedBy(distinct, (verdict) => verdict)].map(([verdict, each]) => `${each.length} ${verdict}`);
  return counts.length === 0 ? [] : [`votes of people: ${counts.join(", ")}`];
}

/** Counts the kill receipts by their verdicts: "kill receipts: 12 denied, 1 pending". */
function counted(kills: readonly CheckedKill[]): readonly string[] {
  const counts = [...groupedBy(kills, ({ verdict }) => verdict)].map(([verdict, each]) => `${each.length} ${verdict}`);
  return counts.length === 0 ? [] : [`kill receipts: ${counts.join(", ")}`];
}

/** Most faults that are printed. */
const MOST_FAULTS = 20;

/**
 * Prints the selected events of an archive as a story. The archive is verified first. The story of a changed log is
 * printed too, with a warning.
 */
async function show(place: string, values: Values, screen: Screen): Promise<number> {
  const { out, err } = screen;
  const pinned = pinnedKey(values.key);
  const issuerKeys = await issuerKeysIn(values.issuers);
  const { events, verdict, origin, votes, kills, key } = await withArchive(place, watched(screen), (source) =>
    verifyArchive(source, pinned, undefined, [], issuerKeys),
  );
  const found = groupedBy([...votes, ...kills.map(inWords)], ({ event }) => event);
  const verdictsOf = (event: ArchivedEvent) => {
    const verdicts = new Set(found.get(nameOf(event))?.map(({ verdict }) => verdict));
    return verdicts.size === 0 ? "" : ` [${[...verdicts].join(", ")}]`;
  };
  const selected = select(events, selectionOf(values));
  if (values.ocsf) out(selected.map((event) => `${JSON.stringify(ocsfOf(event, hubOf(origin)))}\n`).join(""));
  else if (values.json) out(selected.map((event) => `${JSON.stringify(event)}\n`).join(""));
  else
    out(
      selected
        .map((event) => `${line(event)}${verdictsOf(event)}\n${values.controls ? controlsOf(event.type) : ""}`)
        .join(""),
    );
  if (selected.length === 0) err("No event fits. Leave out a selection, or see valetkey audit verify.\n");
  if (pinned === undefined) err(notPinned(key));
  if (verdict !== "intact") err(`This archive is ${verdict}: see valetkey audit verify ${place}\n`);
  return EXIT[verdict];
}

/** Words the verdict of a kill receipt: "denied after 812 ms". */
const inWords = ({ event, verdict, milliseconds }: CheckedKill) => ({
  event,
  verdict: milliseconds === undefined ? verdict : `${verdict} after ${milliseconds} ms`,
});

/** Hub of a log, from its name: `valetkey/<account>/<Region>`. */
function hubOf(origin = ""): Hub {
  const [, account = "unknown", region = "unknown"] = origin.split("/");
  return { account, region };
}

async function bundle(place: string, task: string, { key, proofs }: Values, screen: Screen): Promise<number> {
  const { out, err } = screen;
  const made = await withArchive(place, watched(screen), async (source) => {
    const text = pinnedKey(key) ?? (await source.read(VERIFIER_KEY))?.toString("utf8").trim() ?? "";
    return bundleOf(source, text, task, proofs);
  });
  if (!made) {
    err(`There is no event of ${task}, or the archive is not intact: see valetkey audit verify ${place}\n`);
    return EXIT.incomplete;
  }
  out(`${escapedJson(JSON.stringify(made))}\n`);
  return EXIT.intact;
}

function selectionOf({ task, agent, person, approver, since, denied, decisions }: Values): StorySelection {
  return {
    ...defined({ task, person, agent: agent === undefined ? undefined : agentIn(agent) }),
    // Every person's name contains the empty text: it selects the decisions of all.
    ...(approver === undefined && !decisions ? {} : { approver: approver ?? "" }),
    ...(since === undefined ? {} : { sinceMs: sinceOf(since) }),
    ...(denied ? { isDenied: true } : {}),
  };
}

function agentIn(text: string): AgentId {
  if (!isAgentId(text)) throw new Usage("--agent takes an agent's id: 2 to 64 of a-z, 0-9 and hyphens");
  return text;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90m`, `24h`, `7d`, or an instant; epoch milliseconds. */
function sinceOf(text: string): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const at = count === undefined ? Date.parse(text) : Date.now() - Number(count) * (UNITS[unit] ?? 0);
  if (Number.isNaN(at)) throw new Usage("--since takes 90m, 24h, 7d, or an instant such as 2026-11-27T10:00:00Z");
  return at;
}

/** Key that `--key` names: the text itself, or a file that holds it. */
function pinnedKey(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const text = isFile(given) ? readFileSync(given, "utf8").trim() : given;
  if (!parseVerifierKey(text)) throw new Usage("--key takes a verifier key, or a file that holds one");
  return text;
}

/** Prints progress to standard error where reading takes longer than two seconds. */
const watched = ({ err }: Screen) => ({ say: (line: string) => err(`valetkey audit: ${line}\n`) });

const isFile = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isFile() ?? false;

const TERMINAL: Screen = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
