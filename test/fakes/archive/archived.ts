import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { anchorKey } from "../../../functions/core/archive/anchor.ts";
import { CHECKPOINT, hourlyKey, VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import { checkpointText } from "../../../functions/core/archive/checkpoint.ts";
import { type ArchivedEvent, entryOf, factsKey, sha256Of } from "../../../functions/core/archive/entry.ts";
import { signedNote, verifierKeyText } from "../../../functions/core/archive/signed-note.ts";
import { append, EMPTY_EDGE, rootOfEdge } from "../../../functions/core/archive/tiles.ts";
import { regionNamed } from "../../../functions/core/deployment/region.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import type { Archived } from "../../../functions/journal/journal-ports.ts";
import { FakeArchive } from "./archive.ts";

/**
 * PKCS #8 of an Ed25519 key, without the key itself. Each run has the same key, so that examples have the same bytes.
 */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");
const PRIVATE = createPrivateKey({
  key: Buffer.concat([PKCS8, Buffer.alloc(32, "valetkey")]),
  format: "der",
  type: "pkcs8",
});
/** First event of every fake log. */
const FIRST: ArchivedEvent = {
  journal: "agents",
  ...linkEvent(EMPTY_CHAIN, "tickets", "agent.registered", Date.UTC(2026, 10, 23), { by: "staff|alice" }),
};
const PUBLIC = Buffer.from(createPublicKey(PRIVATE).export({ format: "jwk" }).x ?? "", "base64url");

/** State of a log with its first event alone. Each log begins with the same bytes, which are signed once. */
interface Begun {
  readonly edge: typeof EMPTY_EDGE;
  readonly objects: ReadonlyMap<string, Buffer>;
  readonly anchored: ReadonlyMap<string, Buffer>;
}
let begun: Begun | undefined;

/**
 * Signed log in memory, which begins with one event, and a witness that holds its checkpoints. Added events are
 * signed at once.
 */
export class FakeArchived implements Archived {
  readonly source = new FakeArchive();
  readonly origin = "valetkey/999900001111/eu-central-1";
  readonly bucket = "valetkey-archive-999900001111-eu-central-1";
  readonly anchor = {
    place: { bucket: "acme-audit-anchor", account: "444455556666", region: regionNamed("eu-central-1") },
    source: new FakeArchive(),
  };
  #edge = EMPTY_EDGE;

  constructor() {
    const [{ objects }, anchored] = [this.source, this.anchor.source.objects];
    if (begun === undefined) {
      this.add([FIRST], FIRST.at);
      begun = { edge: this.#edge, objects: new Map(objects), anchored: new Map(anchored) };
      return;
    }
    this.#edge = begun.edge;
    this.source.putAtMs = FIRST.at;
    for (const [key, body] of begun.objects) objects.set(key, body);
    for (const [key, body] of begun.anchored) anchored.set(key, body);
  }

  /**
   * Adds events and signs the log.
   * @param atMs moment of the signature; epoch milliseconds.
   */
  add(events: readonly ArchivedEvent[], atMs: number): void {
    const entries = events.map(entryOf);
    for (const { facts } of entries) if (facts) this.source.objects.set(factsKey(sha256Of(facts)), facts);
    this.addEntries(
      entries.map(({ bytes }) => bytes),
      atMs,
    );
  }

  /** Adds entries of any bytes. */
  addEntries(entries: readonly Buffer[], atMs: number): void {
    const { edge, objects } = append(this.#edge, entries);
    this.#edge = edge;
    for (const { key, body } of objects) this.source.objects.set(key, body);
    const note = this.note(edge.size, rootOfEdge(edge));
    this.source.putAtMs = atMs;
    this.source.objects.set(VERIFIER_KEY, Buffer.from(`${verifierKeyText(this.#key)}\n`));
    this.source.objects.set(CHECKPOINT, note);
    for (const [place, key] of [
      [this.source, hourlyKey(atMs)],
      [this.anchor.source, anchorKey(this.origin, atMs)],
    ] as const)
      if (!place.objects.has(key)) place.objects.set(key, note);
  }

  /** Signs that a log of this size has this hash. */
  note(size: number, root: Buffer): Buffer {
    const text = checkpointText({ origin: this.origin, size, root });
    return Buffer.from(signedNote(text, this.#key, sign(null, Buffer.from(text), PRIVATE)));
  }

  get #key() {
    return { name: this.origin, publicKey: PUBLIC };
  }
}
