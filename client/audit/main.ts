import { escapedJson } from "../../contract/decision/escaped-json.ts";
import { visibleText } from "../../contract/decision/visible-text.ts";
import { VERIFIER_KEY } from "../../functions/core/archive/archive-keys.ts";
import { groupedBy } from "../grouped-by.ts";
import { helpAsTyped, ownCommand } from "../own-command.ts";
import { shellWord } from "../shell-quoting.ts";
import { bundleOf, readBundle, type VerifiedBundle, verifyBundle } from "./bundle.ts";
import {
  EXIT,
  isCommand,
  isFile,
  issuerKeysIn,
  knownIn,
  notPinned,
  parse,
  pinnedKey,
  type Screen,
  Usage,
  type Values,
  watched,
} from "./command-line.ts";
import { type ComparedReceipt, compareReceipt, type GivenReceipt, readReceipts } from "./compare-receipt.ts";
import { AUDIT_HELP } from "./help.ts";
import { type LogVerdict, verdictOf } from "./log-fault.ts";
import { anchoredIn, Unreadable, withArchive } from "./open-archive.ts";
import { show } from "./show.ts";
import { type VerifiedArchive, verifyArchive } from "./verify-archive.ts";
import type { CheckedKill } from "./verify-kills.ts";
import type { CheckedVote } from "./verify-votes.ts";

/** Runs `valetkey audit <argv>` and returns its exit code. Results go to `out`, errors and hints to `err`. */
export async function audit(argv: readonly string[], screen: Screen = TERMINAL): Promise<number> {
  const [name = "--help", ...rest] = argv;
  if (name === "--help" || rest.includes("--help")) {
    screen.out(helpAsTyped(AUDIT_HELP));
    return EXIT.intact;
  }
  try {
    if (!isCommand(name)) throw new Usage(`there is no command ${name}`);
    const { values, positionals } = parse(name, rest);
    if (name === "who-could") {
      // The policies' engine and the compiler are loaded for this question alone.
      const { whoCould } = await import("./who-could/who-could.ts").catch(withoutWorkbench);
      return await whoCould(positionals, values, screen);
    }
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
    screen.err(`valetkey audit: ${visibleText(error.message)}; ${ownCommand()} audit --help shows examples\n`);
    return EXIT.usage;
  }
}

/** Refuses a question about policies where the modules for them are missing, as in an agent's image. */
function withoutWorkbench(error: NodeJS.ErrnoException): never {
  if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
  throw new Usage(
    `the workbench for policies is in @valetkey/deploy: run npx valetkey in the folder of the deployment (\`valetkey init\` makes one)`,
  );
}

/** Verifies an archive or a bundle. */
async function verify(place: string, values: Values, screen: Screen): Promise<number> {
  const pinned = pinnedKey(values.key);
  const receipts = values.receipt === undefined ? [] : await receiptsIn(values.receipt);
  const issuerKeys = await issuerKeysIn(values.issuers);
  if (isFile(place)) {
    if (values.known !== undefined) throw new Usage("--known goes with an archive, not with a bundle");
    const read = await readBundle(place);
    if (!read) throw new Usage(`${place} is no bundle of \`valetkey audit bundle\``);
    const verified = withReceipts(await verifyBundle(read, pinned, issuerKeys), receipts);
    return report(verified, [`${read.entries.length} events of ${read.task}`], values, screen);
  }
  const anchored = values.anchor === undefined ? undefined : await anchoredIn(values.anchor, watched(screen));
  const named = values.known === undefined ? [] : await knownIn(values.known);
  const archive = await withArchive(place, watched(screen), (source) =>
    verifyArchive(source, pinned, anchored, named, issuerKeys),
  );
  const code = report(withReceipts(archive, receipts), summaryOf(archive), values, screen);
  if (values.anchor === undefined) screen.err(NOT_ANCHORED);
  return code;
}

/** Reads a file of receipts that the service gave. */
async function receiptsIn(file: string): Promise<readonly GivenReceipt[]> {
  const receipts = isFile(file) ? await readReceipts(file) : undefined;
  if (!receipts) throw new Usage(`--receipt takes a file of \`valetkey receipt --json\``);
  return receipts;
}

/** Log or bundle with the receipts that were compared with it. Its verdict is about both. */
type Reported = (VerifiedArchive | VerifiedBundle) & {
  /** Verdict on the log or the bundle alone; absent where no receipt was compared. */
  readonly log?: LogVerdict;
  readonly receipts?: readonly ComparedReceipt[];
};

/** Compares receipts with the log, and adds their faults. */
function withReceipts(verified: VerifiedArchive | VerifiedBundle, given: readonly GivenReceipt[]): Reported {
  if (given.length === 0) return verified;
  const { verdict: log, kills, events } = verified;
  const receipts = given.map((each) => compareReceipt(each, kills, events, Date.now() / 1_000));
  const faults = [...verified.faults, ...receipts.flatMap((each) => each.faults)];
  return { ...verified, faults, verdict: verdictOf(faults, "known" in verified ? verified.known : []), log, receipts };
}

/** Verdict in words: a receipt that differs leaves the log what it is. */
function verdictInWords({ verdict, log, receipts = [] }: Reported): string {
  const ofReceipts = verdictOf(receipts.flatMap(({ faults }) => faults));
  if (log === undefined || ofReceipts === "intact") return verdict;
  return `${ofReceipts === "tampered" ? "receipt differs" : "receipt not in the log"}, log ${log}`;
}

/** Words a receipt that was compared: "receipt of aaa.: as in the log; not in the log: observed". */
function receiptInWords({ task, verdict, notInLog }: ComparedReceipt): string {
  const words = { intact: "as in the log", tampered: "differs from the log", incomplete: "not in the log" };
  const rest = notInLog.length === 0 ? "" : `; not compared, since the log has none: ${notInLog.join(", ")}`;
  return `receipt of ${task}: ${words[verdict]}${rest}`;
}

const NOT_ANCHORED =
  "Not anchored: an administrator of the hub's account could have forked this log. Compare it with the checkpoints of a witness: --anchor <folder>.\n";

const NOT_READABLE =
  "Not readable: what these people signed was not verified again. The tokens are in proofs/, which only a role of archive.auditors in valetkey.json reads; a copy or a bundle may be without them.\n";

/** Returns the lines below the verdict: sizes, anchors, restores and cut journals. */
function summaryOf(verified: VerifiedArchive): readonly string[] {
  const { size, journals, origin, earlier, newestHour, covers, anchored, restored, cuts, known, unmatched } = verified;
  return [
    `${size} events in ${journals} journals of ${origin ?? "an unknown log"}; ${earlier} earlier checkpoints`,
    ...(covers ? [`  from ${covers.from} to ${covers.to}; newest hourly checkpoint: ${newestHour ?? "none"}`] : []),
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
  verified: Reported,
  [what = "", ...more]: readonly string[],
  { json }: Values,
  { out, err }: Screen,
): number {
  const { events, verdict, faults, isKeyPinned, key, receipts = [] } = verified;
  if (json) out(`${JSON.stringify({ ...verified, events: events.length }, null, 2)}\n`);
  else {
    const lines = [
      `${verdictInWords(verified)}: ${what}`,
      ...more,
      ...[...tallied(verified.votes), ...counted(verified.kills), ...receipts.map(receiptInWords)].map(
        (text) => `  ${text}`,
      ),
      ...faults.slice(0, MOST_FAULTS).map((fault) => `  ${fault.kind}  ${fault.what}: ${fault.found}`),
      ...(faults.length > MOST_FAULTS ? [`  and ${faults.length - MOST_FAULTS} more`] : []),
    ];
    // The archive's maker chose the names of its objects, its journals and the log: their control characters are
    // escaped.
    out(lines.map((text) => `${visibleText(text)}\n`).join(""));
  }
  if (verified.votes.some((vote) => vote.verdict === "not readable")) err(NOT_READABLE);
  if (!isKeyPinned) err(notPinned(key));
  return EXIT[verdict];
}

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

async function bundle(place: string, task: string, { key, proofs }: Values, screen: Screen): Promise<number> {
  const { out, err } = screen;
  const made = await withArchive(place, watched(screen), async (source) => {
    const text = pinnedKey(key) ?? (await source.read(VERIFIER_KEY))?.toString("utf8").trim() ?? "";
    return bundleOf(source, text, task, proofs);
  });
  if (!made) {
    err(
      `There is no event of ${task}, or the archive is not intact: see ${ownCommand()} audit verify ${shellWord(place)}\n`,
    );
    return EXIT.incomplete;
  }
  out(`${escapedJson(JSON.stringify(made))}\n`);
  return EXIT.intact;
}

const TERMINAL: Screen = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};
