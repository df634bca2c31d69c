import { readFile } from "node:fs/promises";
import { wholeIdIn } from "../../contract/task-id.ts";
import { CHECKPOINT, PROOFS, proofKey } from "../../functions/core/archive/archive-keys.ts";
import { parseCheckpoint } from "../../functions/core/archive/checkpoint.ts";
import { type ArchivedEvent, factsKey, parseEntry, sha256Of, withFacts } from "../../functions/core/archive/entry.ts";
import { ISSUER_KEY } from "../../functions/core/archive/issuer-key.ts";
import { inclusionProof, rootByProof } from "../../functions/core/archive/proofs.ts";
import { RESTORED } from "../../functions/core/archive/restored-entry.ts";
import { openNote, parseVerifierKey } from "../../functions/core/archive/signed-note.ts";
import { isOfTask, taskOfEvent } from "../../functions/core/archive/task-of-event.ts";
import { leafHash } from "../../functions/core/archive/tree-hash.ts";
import type { Facts } from "../../functions/core/journal/event.ts";
import { POLICY_WRITTEN } from "../../functions/core/revocation/policy-writes.ts";
import { jsonFields } from "../../functions/core/text/json-fields.ts";
import type { ArchiveSource } from "./archive-source.ts";
import { nameOf } from "./event-name.ts";
import { incomplete, type LogFault, type LogVerdict, tampered, verdictOf } from "./log-fault.ts";
import { readLog } from "./read-log.ts";
import { signaturesIn } from "./signatures.ts";
import { readJournals } from "./verify-journals.ts";
import { type CheckedKill, killFaults, verifyKills } from "./verify-kills.ts";
import { type CheckedVote, verifyVotes, voteFaults } from "./verify-votes.ts";

/**
 * Proof of one task's events and of the policies that denied its keys, made by `valetkey audit bundle`. Verifying it
 * needs neither AWS nor the rest of the log.
 */
export interface AuditBundle {
  readonly version: 1;
  readonly task: string;
  /** Verifier key, as a text that Go's `note` reads. */
  readonly key: string;
  /** Signed checkpoint. */
  readonly checkpoint: string;
  /** Entries in the order of the log, each with the hashes that lead to the signed root; base64. */
  readonly entries: readonly { readonly index: number; readonly entry: string; readonly proof: readonly string[] }[];
  /**
   * Tokens by which people signed, base64, by their SHA-256; absent unless requested. Tokens are personal data that
   * nobody can erase from a bundle.
   */
  readonly proofs?: Readonly<Record<string, string>>;
  /** Facts that are objects of their own, outside of their entries; base64, by their SHA-256. */
  readonly facts: Readonly<Record<string, string>>;
}

/**
 * Makes a bundle of a task and of all tasks below it.
 * @param key verifier key.
 * @param task the task's id, with or without its last separator. The bundle has the whole id.
 * @param withProofs true adds the tokens of votes that the archive holds.
 * @returns undefined where the log has no event of the task, or cannot be read whole.
 */
export async function bundleOf(
  source: ArchiveSource,
  key: string,
  task: string,
  withProofs = false,
): Promise<AuditBundle | undefined> {
  const parsed = parseVerifierKey(key);
  const note = (await source.read(CHECKPOINT))?.toString("utf8");
  if (!parsed || note === undefined) return undefined;
  const { entries, faults } = await readLog(source, parsed);
  const whole = entries.flatMap((entry) => (entry ? [entry] : []));
  if (faults.length > 0 || whole.length !== entries.length) return undefined;
  const leaves = whole.map(leafHash);
  const found: { readonly index: number; readonly bytes: Buffer; readonly event: ArchivedEvent; body?: Buffer }[] = [];
  for (const [index, bytes] of whole.entries()) {
    const entry = parseEntry(bytes);
    const body = entry && "factsIn" in entry ? await source.read(factsKey(entry.factsIn)) : undefined;
    const event = entry && withFacts(entry, body);
    // The bundle needs the restores, which explain journals that were cut, and the issuers' keys, which verify its votes.
    if (event && (isOfTask(event, task) || OF_ALL_TASKS.has(event.type)))
      found.push({ index, bytes, event, ...(body ? { body } : {}) });
  }
  const [id] = found.flatMap(({ event }) => wholeIdIn(taskOfEvent(event) ?? "", task) ?? []);
  if (id === undefined) return undefined;
  const policies = policiesOf(found.map(({ event }) => event));
  const voters = (await signaturesIn(found.map(({ event }) => event))).map(({ by }) => by);
  const own = found.filter(({ event }) =>
    event.type === ISSUER_KEY
      ? voters.some((by) => by.startsWith(`${String(event.facts.issuer)}|`))
      : event.type !== POLICY_WRITTEN || policies.has(nameOf(event)),
  );
  const facts = own.flatMap(({ body }) => (body ? [[sha256Of(body), body.toString("base64")] as const] : []));
  const proven = own.map(({ index, bytes }) => {
    const proof = inclusionProof(leaves, index).map((hash) => hash.toString("base64"));
    return { index, entry: bytes.toString("base64"), proof };
  });
  const parts = { entries: proven, facts: Object.fromEntries(facts) };
  const made = { version: 1, task: id, key, checkpoint: note, ...parts } as const;
  const events = own.map(({ event }) => event);
  return withProofs ? { ...made, proofs: await proofsOf(events, source) } : made;
}

/** Events that any task may need: restores, policies of roles, and keys of people's issuers. */
const OF_ALL_TASKS: ReadonlySet<string> = new Set([RESTORED, POLICY_WRITTEN, ISSUER_KEY]);

/** Names of the events of those policies that deny the keys of ended tasks, the first of each role. */
const policiesOf = (events: readonly ArchivedEvent[]): ReadonlySet<string | undefined> =>
  new Set(verifyKills(events).map(({ policy }) => policy));

/**
 * Reads the tokens of what people signed. Leaves out those that are missing, or do not have the hash that the log
 * names.
 */
async function proofsOf(events: readonly ArchivedEvent[], source: ArchiveSource): Promise<Record<string, string>> {
  const proofs: Record<string, string> = {};
  for (const { token } of await signaturesIn(events)) {
    const body = await source.read(proofKey(token)).catch(() => undefined);
    if (body && sha256Of(body) === token) proofs[token] = body.toString("base64");
  }
  return proofs;
}

/** Result of verifying a bundle. */
export interface VerifiedBundle {
  readonly verdict: LogVerdict;
  readonly events: readonly ArchivedEvent[];
  /** Votes, reviews and acts of people, verified again. */
  readonly votes: readonly CheckedVote[];
  /** Kill receipts, computed again from the endings and the policies in the bundle. */
  readonly kills: readonly CheckedKill[];
  readonly isKeyPinned: boolean;
  readonly key: string;
  readonly faults: readonly LogFault[];
}

/**
 * Verifies a bundle by itself.
 * @param pinned verifier key that the caller trusts; without it, the bundle's own is used.
 * @param issuerKeys keys of people's issuers that the caller trusts; without them, those of the bundle.
 */
export async function verifyBundle(
  bundle: AuditBundle,
  pinned?: string,
  issuerKeys?: readonly Facts[],
): Promise<VerifiedBundle> {
  const text = pinned ?? bundle.key;
  const key = parseVerifierKey(text);
  const checkpoint = key && parseCheckpoint(openNote(bundle.checkpoint, key) ?? "");
  const entries = bundle.entries.map(({ entry }) => Buffer.from(entry, "base64"));
  // A bundle has only those events of a role's journal that deny the task's keys. Each is proven to be in the signed
  // tree; the journal's chain is not verified.
  const read = await readJournals(entries, bundleSource(bundle), ["roles"]);
  const votes = await verifyVotes(read.events, bundleSource(bundle), issuerKeys);
  const faults = checkpoint
    ? bundle.entries.flatMap(({ index, proof }, at) => {
        const hashes = proof.map((hash) => Buffer.from(hash, "base64"));
        const root = rootByProof(leafHash(entries[at] ?? Buffer.alloc(0)), index, checkpoint.size, hashes);
        return root?.equals(checkpoint.root)
          ? []
          : [tampered(`entry ${index}`, "its proof does not lead to the signed root")];
      })
    : [tampered(CHECKPOINT, "the checkpoint is not signed by the key of this log")];
  const kills = verifyKills(read.events);
  const policies = new Set(kills.map(({ policy }) => policy));
  const foreign = read.events.filter(
    (event) =>
      !isOfTask(event, bundle.task) &&
      event.type !== RESTORED &&
      event.type !== ISSUER_KEY &&
      !policies.has(nameOf(event)),
  );
  const isEmpty = !read.events.some((event) => isOfTask(event, bundle.task));
  const all = [
    ...faults,
    ...(isEmpty ? [incomplete(bundle.task, "the bundle holds no event of the task")] : []),
    ...foreign.map(({ of }) => tampered(of, "the event is not of the bundle's task")),
    ...read.faults,
    ...voteFaults(votes),
    ...killFaults(kills),
  ];
  return {
    verdict: verdictOf(all),
    events: read.events,
    votes,
    kills,
    isKeyPinned: pinned !== undefined,
    key: text,
    faults: all,
  };
}

/** Facts and proofs of a bundle, as an archive has them. */
const bundleSource = ({ facts, proofs = {} }: AuditBundle): ArchiveSource => ({
  read: async (key) => {
    const [folder, name = ""] = key.split("/");
    const bodies = folder === PROOFS ? proofs : facts;
    return Object.hasOwn(bodies, name) ? Buffer.from(bodies[name] ?? "", "base64") : undefined;
  },
  list: async (folder) => (folder === PROOFS ? Object.keys(proofs).map(proofKey) : []),
});

/** Reads a bundle from a file. @returns undefined where the file is none. */
export async function readBundle(file: string): Promise<AuditBundle | undefined> {
  // A file that is too large for one string is no bundle.
  const text = await readFile(file, "utf8").catch(() => "");
  const { version, task, key, checkpoint, entries, facts, proofs } = jsonFields(text);
  if (version !== 1) return undefined;
  const isWhole = typeof task === "string" && typeof key === "string" && typeof checkpoint === "string";
  if (!isWhole || !isEntries(entries) || !isTexts(facts)) return undefined;
  const read: AuditBundle = { version, task, key, checkpoint, entries, facts };
  if (proofs === undefined) return read;
  return isTexts(proofs) ? { ...read, proofs } : undefined;
}

const isTexts = (value: unknown): value is Readonly<Record<string, string>> =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");

const isEntries = (value: unknown): value is AuditBundle["entries"] =>
  Array.isArray(value) &&
  value.every(
    (each) =>
      Number.isSafeInteger(each?.index) &&
      each.index >= 0 &&
      typeof each.entry === "string" &&
      Array.isArray(each.proof) &&
      each.proof.every((hash: unknown) => typeof hash === "string"),
  );
