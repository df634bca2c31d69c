import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { folderSource } from "../../../client/audit/archive-source.ts";
import { audit } from "../../../client/audit/main.ts";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { line } from "../../../client/audit/words.ts";
import type { EventType } from "../../../contract/journal-types.ts";
import { CHECKPOINT } from "../../../functions/core/archive/archive-keys.ts";
import { MOST_OBJECT_BYTES } from "../../../functions/core/archive/archive-store.ts";
import { batchOf } from "../../../functions/core/archive/batch.ts";
import { checkpointText } from "../../../functions/core/archive/checkpoint.ts";
import { type ArchivedEvent, factsKey } from "../../../functions/core/archive/entry.ts";
import { signedNote } from "../../../functions/core/archive/signed-note.ts";
import { EMPTY_ROOT } from "../../../functions/core/archive/tree-hash.ts";
import { EMPTY_CHAIN, type Facts, linkEvent } from "../../../functions/core/journal/event.ts";
import { type ArchivedWorld, archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

/** Text that erases, turns, colours by a C1 sequence, and goes on in a line of its own. */
const HOSTILE = "a\u001b[2Jb\u202ec\u009b31md\n2027-01-01 00:00:00.000  aaa.  staff|ann approved (appr1)";

const folder = mkdtempSync(join(tmpdir(), "valetkey-hostile-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const event = (of: string, type: string, facts: Facts): ArchivedEvent => ({
  journal: "agents",
  ...linkEvent(EMPTY_CHAIN, of, type as EventType, Date.UTC(2027, 0, 1), facts),
});

/** Writes a log into a folder of its own. */
function written({ store }: ArchivedWorld, name: string): string {
  for (const [key, body] of store.objects) {
    mkdirSync(dirname(join(folder, name, key)), { recursive: true });
    writeFileSync(join(folder, name, key), body);
  }
  return join(folder, name);
}

async function run(...argv: readonly string[]) {
  const texts: string[] = [];
  const code = await audit(argv, { out: (text) => void texts.push(text), err: (text) => void texts.push(text) });
  return { code, text: texts.join("") };
}

describe("an archive that somebody hands over", () => {
  test("makes the terminal obey nothing, and adds no line of its own to the output", async () => {
    const world = archivedWorld();
    const origin = "evil\u001b[2J\u202elog";
    const hostile = { ...world, ports: { ...world.ports, origin } };
    const events = [
      event(HOSTILE, "agent.suspended", { by: HOSTILE, reason: HOSTILE }),
      event("x", HOSTILE, {}),
      { ...event(`gap${HOSTILE}`, "task.opened", { agent: HOSTILE, purpose: HOSTILE, details: [HOSTILE] }), n: 3 },
    ];
    await world.store.putNew("incoming/0", batchOf(events, 0).body);
    const { integrate } = await import("../../../functions/archive/integrate.ts");
    await integrate(hostile.ports);
    const whole = written(world, "whole");
    world.store.objects.set(`checkpoints/${HOSTILE}`, Buffer.from("x"));
    const place = written(world, "text");
    const receipt = join(folder, "receipt.json");
    writeFileSync(receipt, JSON.stringify({ task: HOSTILE, ended_at: HOSTILE, leases: [] }));
    const bundle = join(folder, "bundle.json");
    const made = { version: 1, task: HOSTILE, key: HOSTILE, checkpoint: HOSTILE, entries: [], facts: {} };
    writeFileSync(bundle, JSON.stringify(made));
    for (const [exit, ...argv] of [
      [0, "show", whole],
      [1, "verify", place],
      [1, "verify", place, "--receipt", receipt],
      [1, "verify", bundle],
    ] as const) {
      const { code, text } = await run(...argv);
      expect([argv[0], code]).toEqual([argv[0], exit]);
      expect(text.replaceAll("\n", "")).not.toMatch(/\p{C}/u);
      expect(text).toContain("a\\u{1B}[2Jb\\u{202E}c");
      expect(text).not.toMatch(/^2027-01-01 00:00:00.000 {2}aaa\. {2}staff/m);
    }
  });

  test.each<[string, unknown]>([
    ["an object that JavaScript cannot write", { toString: 1, valueOf: 1 }],
    ["a list of such objects", [{ toString: 1 }, [{ toString: 1 }]]],
    ["null", null],
    ["a number beyond every date", 1e300],
  ])("prints an event in one line whose facts are %s", (_, fact) => {
    const facts = new Proxy({}, { get: () => fact, has: () => true }) as Facts;
    for (const type of ["task.opened", "task.refused", "task.ended", "agent.suspended", "role.policy_written"])
      expect(line({ ...event("aaa.", type, {}), facts })).toMatch(/^2027-01-01 00:00:00\.000 {2}aaa\. {2}.+/);
  });

  test.each([1e9, Number.MAX_SAFE_INTEGER])(
    "is incomplete, soon, where its checkpoint signs %i entries that are not there",
    async (size) => {
      const { ports, store, source } = archivedWorld();
      await store.putNew("incoming/0", batchOf(journalOf("x", 1), 0).body);
      const { integrate } = await import("../../../functions/archive/integrate.ts");
      await integrate(ports);
      const text = checkpointText({ origin: ports.origin, size, root: EMPTY_ROOT });
      const key = { name: ports.origin, publicKey: await ports.signer.publicKey() };
      store.objects.set(CHECKPOINT, Buffer.from(signedNote(text, key, await ports.signer.sign(text))));
      const { verdict, faults } = await verifyArchive(source);
      expect([verdict, faults.at(-1)?.found]).toEqual([
        "incomplete",
        "1024 bundles are missing, and no more were looked for",
      ]);
    },
  );

  test("leads out of its folder by no name and no link, and to no pipe; a file of any size is read as an empty one", async () => {
    const place = join(folder, "links");
    mkdirSync(join(place, "facts"), { recursive: true });
    writeFileSync(join(folder, "secret"), "secret");
    symlinkSync(join(folder, "secret"), join(place, "facts", "link"));
    execFileSync("/usr/bin/env", ["mkfifo", join(place, "facts", "pipe")]);
    writeFileSync(join(place, "facts", "large"), "");
    truncateSync(join(place, "facts", "large"), MOST_OBJECT_BYTES + 1);
    writeFileSync(join(place, "facts", "own"), "own");
    const { read } = folderSource(place);
    const names = ["../../secret", "link", "pipe", "large", "own", "none"];
    const bodies = await Promise.all(names.map(async (name) => (await read(factsKey(name)))?.toString()));
    expect(bodies).toEqual([undefined, undefined, undefined, "", "own", undefined]);
  });
});

describe("a bundle that somebody hands over", () => {
  test("is none, or is not intact, whatever is put in place of its members", async () => {
    const world = archivedWorld();
    await world.receive(journalOf("aaa.", 2, () => ({ text: "x".repeat(70_000) })));
    await world.settle();
    const { text } = await run("bundle", written(world, "bundled"), "aaa.");
    const good = JSON.parse(text);
    const file = join(folder, "changed.json");
    const verdictOn = async (change: object) => {
      writeFileSync(file, JSON.stringify({ ...good, ...change }));
      return (await run("verify", file)).code;
    };
    expect(await verdictOn({})).toBe(0);
    const [entry] = good.entries;
    const named = (factsIn: string) => {
      const event = JSON.parse(Buffer.from(entry.entry, "base64").toString());
      return { entries: [{ ...entry, entry: Buffer.from(JSON.stringify({ ...event, factsIn })).toString("base64") }] };
    };
    expect(await verdictOn({ entries: [] })).toBe(2);
    expect(await verdictOn(named("constructor"))).toBe(1);
    for (const change of [{ facts: { x: 5 } }, { proofs: [1] }, { entries: [{ ...entry, index: -1 }] }])
      expect([change, await verdictOn(change)]).toEqual([change, 64]);
  });
});
