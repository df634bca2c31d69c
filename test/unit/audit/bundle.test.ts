import { beforeAll, describe, expect, test } from "vitest";
import { type AuditBundle, bundleOf, verifyBundle } from "../../../client/audit/bundle.ts";
import { VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import { inclusionProof, rootByProof } from "../../../functions/core/archive/proofs.ts";
import { leafHash, rootOf } from "../../../functions/core/archive/tree-hash.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { type ArchivedWorld, archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const TASK = "0123456789abcdefghjkmn.";

describe("proof of inclusion", () => {
  const leaves = Array.from({ length: 70 }, (_, n) => leafHash(Buffer.from(String(n))));

  test("Each leaf of each tree of up to 70 has a proof that leads to the root, and to no other place", () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      const own = leaves.slice(0, size);
      const root = rootOf(own);
      for (const [index, leaf] of own.entries()) {
        const proof = inclusionProof(own, index);
        expect(rootByProof(leaf, index, size, proof)).toEqual(root);
        expect(rootByProof(leaf, index, size, proof.slice(1))?.equals(root) ?? false).toBe(size === 1);
        if (size > 1) expect(rootByProof(leaf, (index + 1) % size, size, proof)?.equals(root) ?? false).toBe(false);
      }
    }
  });
});

describe("bundle of a task", () => {
  let world: ArchivedWorld;
  let key: string;
  let bundle: AuditBundle;
  beforeAll(async () => {
    world = archivedWorld();
    await world.receive(journalOf(TASK, 4));
    await world.receive(journalOf("zzzzzzzzzzzzzzzzzzzzzz.", 300));
    await world.receive(journalOf(`${TASK}child.`, 3, () => ({ text: "x".repeat(70_000) })));
    const vote = linkEvent(EMPTY_CHAIN, "0vote0000000000000000.", "approval.denied", 1, {
      task: TASK,
      by: "staff|ann",
    });
    await world.receive([{ ...vote, journal: "approvals" }]);
    await world.settle();
    key = world.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";
    bundle = (await bundleOf(world.source, key, TASK.slice(0, -1))) ?? raise();
  });
  const raise = (): never => {
    throw new Error("no bundle");
  };

  test("It has the task, its children and what names it, and is intact without the archive", async () => {
    const verified = await verifyBundle(JSON.parse(JSON.stringify(bundle)), key);
    expect(verified).toMatchObject({ verdict: "intact", isKeyPinned: true, faults: [] });
    expect(verified.events).toHaveLength(4 + 3 + 1);
  });

  test("It is found tampered where an entry, a proof, a place, the checkpoint, or facts are not what was signed", async () => {
    const [first, ...rest] = bundle.entries;
    const flip = (text: string): string => {
      const bytes = Buffer.from(text, "base64");
      bytes[4] = (bytes[4] ?? 0) ^ 1;
      return bytes.toString("base64");
    };
    const entry = first ?? raise();
    const changed: readonly AuditBundle[] = [
      { ...bundle, entries: [{ ...entry, entry: flip(entry.entry) }, ...rest] },
      { ...bundle, entries: [{ ...entry, proof: [flip(entry.proof[0] ?? ""), ...entry.proof.slice(1)] }, ...rest] },
      { ...bundle, entries: [{ ...entry, index: entry.index + 1 }, ...rest] },
      { ...bundle, checkpoint: bundle.checkpoint.replace("\n308\n", "\n309\n") },
      { ...bundle, facts: Object.fromEntries(Object.entries(bundle.facts).map(([name, body]) => [name, flip(body)])) },
      { ...bundle, task: "zzzzzzzzzzzzzzzzzzzzzz" },
    ];
    for (const [at, each] of changed.entries())
      expect([at, (await verifyBundle(each, key)).verdict]).toEqual([at, "tampered"]);
  });

  test("It is incomplete without an event in the middle, and another log's key does not fit", async () => {
    const without = { ...bundle, entries: bundle.entries.filter((_, at) => at !== 1) };
    expect((await verifyBundle(without, key)).verdict).toBe("incomplete");
    const other = archivedWorld();
    await other.receive(journalOf(TASK, 1));
    await other.settle();
    const foreign = other.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";
    expect((await verifyBundle(bundle, foreign)).verdict).toBe("tampered");
  });

  test("There is none of a task without events, and none of an archive that is not intact", async () => {
    expect(await bundleOf(world.source, key, "nobody")).toBeUndefined();
    const broken = {
      ...world.source,
      read: async (name: string) => (name.startsWith("tile/0/") ? Buffer.alloc(32) : world.source.read(name)),
    };
    expect(await bundleOf(broken, key, TASK)).toBeUndefined();
  });
});
