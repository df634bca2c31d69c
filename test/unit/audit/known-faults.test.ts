import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sortFaults } from "../../../client/audit/known-faults.ts";
import { audit } from "../../../client/audit/main.ts";
import { CHECKPOINT } from "../../../functions/core/archive/archive-keys.ts";
import type { ArchivedEvent } from "../../../functions/core/archive/entry.ts";
import { EMPTY_CHAIN, linkEvent } from "../../../functions/core/journal/event.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";

const TASK = "0123456789abcdefghjkmn.";
const OWN = journalOf(TASK, 5);
/** Event of the journal that a thief made up, with another content for a number that is taken. */
const forged = (n: number, head = EMPTY_CHAIN): ArchivedEvent => ({
  journal: "tasks",
  ...linkEvent({ n: n - 1, hash: head.hash }, TASK, "lease.renewed", 1_800_000_000_000, { forged: n }),
});

describe("known faults of an archive", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "valetkey-known-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (name: string, body: string | Buffer) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), body);
    return join(folder, name);
  };
  /** Verifies a log of these events, with this file of known faults. */
  async function verified(events: readonly ArchivedEvent[], known?: unknown) {
    const world = archivedWorld();
    await world.forge(events);
    await world.settle();
    for (const [name, body] of world.store.objects) write(`log/${name}`, body);
    const [out, err]: [string[], string[]] = [[], []];
    const file = write("known.json", JSON.stringify({ known }));
    const code = await audit(["verify", join(folder, "log"), ...(known === undefined ? [] : ["--known", file])], {
      out: (text) => void out.push(text),
      err: (text) => void err.push(text),
    });
    const [verdict = "", ...lines] = out.join("").split("\n");
    return { code, verdict: verdict.replace(/:.*/, ""), lines: lines.join("\n"), err: err.join("") };
  }
  const reason = "incident 7: explain was taken over";

  it("leave out a second event of a number by its hash, and print it with its reason", async () => {
    const twice = forged(3);
    expect(await verified([...OWN, twice])).toMatchObject({ code: 1, verdict: "tampered" });
    const { code, verdict, lines } = await verified([...OWN, twice], [{ event: twice.hash, reason }]);
    expect([code, verdict]).toEqual([3, "known faults only"]);
    expect(lines).toContain(`(${twice.hash}): the event is left out of its journal (${reason})\n`);
  });

  it("hide no further forgery of the same journal", async () => {
    const [third, fifth] = [forged(3), forged(5)];
    const known = [{ event: third.hash, reason }];
    expect(await verified([...OWN, third, fifth], known)).toMatchObject({ code: 1, verdict: "tampered" });
    const gaps = [OWN[0], OWN[2], OWN[4]].flatMap((event) => event ?? []);
    const first = { what: `tasks ${TASK}`, found: "events 2 to 2 are missing", reason };
    const { code, lines } = await verified(gaps, [first]);
    expect(code).toBe(2);
    expect(lines).toContain("events 4 to 4 are missing");
    const second = { ...first, found: "events 4 to 4 are missing" };
    expect(await verified(gaps, [first, second])).toMatchObject({ code: 3, verdict: "known faults only" });
  });

  it("are of no effect by the words of a fault that others hide behind, and name what is not there", async () => {
    const twice = forged(3);
    const found = `two events have this number: ${OWN[2]?.hash}, ${twice.hash}`;
    const { code, lines } = await verified([...OWN, twice], [{ what: `tasks ${TASK} event 3`, found, reason }]);
    expect(code).toBe(1);
    expect(lines).toContain(`  not found  tasks ${TASK} event 3: no such fault (${reason})`);
    expect(await verified(OWN, [{ event: "none", reason }])).toMatchObject({ code: 0, verdict: "intact" });
  });

  it("are not known by their very words where others hide behind them", () => {
    const fault = { kind: "tampered", what: `tasks ${TASK} event 3`, found: "two events have this number" } as const;
    const named = [{ what: fault.what, found: fault.found, reason }];
    expect(sortFaults([fault], named, new Map()).faults).toEqual([]);
    const hiding = { ...fault, hides: true } as const;
    expect(sortFaults([hiding], named, new Map())).toEqual({ faults: [hiding], known: [], unmatched: named });
  });

  it("excuse no byte of the tree", async () => {
    const world = archivedWorld();
    await world.receive(OWN);
    await world.settle();
    for (const [name, body] of world.store.objects) write(`log/${name}`, body);
    write(`log/${CHECKPOINT}`, "forged");
    const found = "the checkpoint is not signed by the key of this log";
    const file = write("known.json", JSON.stringify({ known: [{ what: CHECKPOINT, found, reason }] }));
    const screen = { out: () => undefined, err: () => undefined };
    expect(await audit(["verify", join(folder, "log"), "--known", file], screen)).toBe(1);
  });

  it.each([[[]], [[{ event: "h" }]], [[{ event: "h", reason: " " }]], [[{ what: "x", reason }]], ["x"], [[["h"]]]])(
    "are read from no file such as %j",
    async (known) => {
      const { code, err } = await verified(OWN, known);
      expect(code).toBe(64);
      expect(err).toContain("--known takes a file");
    },
  );
});
