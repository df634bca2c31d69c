import { VERIFIER_KEY } from "../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../functions/core/archive/entry.ts";
import { parseVerifierKey } from "../../functions/core/archive/signed-note.ts";
import { defined } from "../../functions/core/defined.ts";
import type { Facts } from "../../functions/core/journal/event.ts";
import type { ArchiveSource } from "./archive-source.ts";
import type { CutJournal } from "./branches.ts";
import { type Coverage, coverageOf } from "./coverage.ts";
import { type KnownFault, leftOutBy, type SortedFaults, sortFaults } from "./known-faults.ts";
import { incomplete, type LogFault, type LogVerdict, tampered, verdictOf } from "./log-fault.ts";
import { type ReadLog, readLog } from "./read-log.ts";
import { unansweredGlasses } from "./verify-glasses.ts";
import { readJournals } from "./verify-journals.ts";
import { type CheckedKill, killFaults, verifyKills } from "./verify-kills.ts";
import { type CheckedVote, verifyVotes, voteFaults } from "./verify-votes.ts";

/** Result of verifying an archive. */
export interface VerifiedArchive {
  readonly verdict: LogVerdict;
  readonly origin?: string;
  /** Entries that the newest checkpoint signs. */
  readonly size: number;
  /** Hash of the tree, base64. */
  readonly root?: string;
  /** Number of earlier checkpoints that the log contains. */
  readonly earlier: number;
  /** Hour of the newest of them, as its name has it. */
  readonly newestHour?: string;
  /** Time that the events cover; absent where there are none. */
  readonly covers?: Coverage;
  /** Newest checkpoint of the witness that the log contains; absent where no witness was compared. */
  readonly anchored?: ReadLog["anchored"];
  readonly journals: number;
  /** Moments at which the table was restored from a copy. */
  readonly restored: readonly string[];
  /** Journals that a restore has cut. */
  readonly cuts: readonly CutJournal[];
  readonly events: readonly ArchivedEvent[];
  /** Votes, reviews and acts of people, verified again. */
  readonly votes: readonly CheckedVote[];
  /** Kill receipts, computed again from the endings and the policies in the log. */
  readonly kills: readonly CheckedKill[];
  /** True where the caller named the key. A key from the archive itself proves only that one key signed all. */
  readonly isKeyPinned: boolean;
  /** Key as a text that Go's `note` reads. */
  readonly key?: string;
  readonly faults: readonly LogFault[];
  /** Faults that the caller named, and that the log has. */
  readonly known: SortedFaults["known"];
  /** Faults that the caller named, and that the log does not have. */
  readonly unmatched: SortedFaults["unmatched"];
}

/**
 * Verifies an archive without AWS: each signature, each hash, each earlier checkpoint, and each journal's chain.
 * @param anchored checkpoints of a witness, by their names; each of their trees must be in the log.
 * @param pinned verifier key that the caller trusts; without it, the archive's own is used.
 * @param named faults that somebody has looked into.
 * @param issuerKeys keys of people's issuers that the caller trusts; without them, those that the archive recorded.
 */
export async function verifyArchive(
  source: ArchiveSource,
  pinned?: string,
  anchored?: ReadonlyMap<string, Buffer>,
  named: readonly KnownFault[] = [],
  issuerKeys?: readonly Facts[],
): Promise<VerifiedArchive> {
  const own = (await source.read(VERIFIER_KEY))?.toString("utf8").trim();
  const text = pinned ?? own;
  const key = text === undefined ? undefined : parseVerifierKey(text);
  const nothing = {
    size: 0,
    earlier: 0,
    journals: 0,
    restored: [],
    cuts: [],
    events: [],
    votes: [],
    kills: [],
    known: [],
    unmatched: named,
    isKeyPinned: pinned !== undefined,
  };
  if (!key) {
    const fault =
      text === undefined
        ? incomplete(VERIFIER_KEY, "the key is missing: is this the folder or prefix of an archive?")
        : tampered(VERIFIER_KEY, "the text is no key");
    return { ...nothing, verdict: fault.kind, faults: [fault] };
  }
  const log = await readLog(source, key, anchored);
  const read = await readJournals(log.entries, source, [], leftOutBy(named));
  const votes = await verifyVotes(read.events, source, issuerKeys);
  const kills = verifyKills(read.events);
  const ofJournals = [...read.faults, ...unansweredGlasses(read.events), ...voteFaults(votes), ...killFaults(kills)];
  const sorted = sortFaults(ofJournals, named, read.leftOut);
  const faults = [
    ...(own === undefined || own === text
      ? []
      : [tampered(VERIFIER_KEY, "the archive's key is not the one that you named")]),
    ...(anchored?.size === 0 ? [incomplete("anchor", "the witness holds no checkpoint")] : []),
    ...log.faults,
    ...sorted.faults,
  ];
  const { checkpoint } = log;
  return {
    ...nothing,
    verdict: verdictOf(faults, sorted.known),
    ...(checkpoint ? { origin: checkpoint.origin, root: checkpoint.root.toString("base64") } : {}),
    size: log.entries.length,
    earlier: log.earlier,
    ...defined({ newestHour: log.newestHour, covers: coverageOf(read.events) }),
    ...(log.anchored ? { anchored: log.anchored } : {}),
    journals: read.journals,
    restored: read.restoredAt.map((at) => new Date(at).toISOString()),
    cuts: read.cuts,
    events: read.events,
    votes,
    kills,
    key: text ?? "",
    ...sorted,
    faults,
  };
}
