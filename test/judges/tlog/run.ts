import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { folderSource } from "../../../client/audit/archive-source.ts";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";
import { goProgramOf } from "../go.ts";

// Go's own sumdb verifies archives that valetkey writes, and finds the changes made in them: `npm run judges -- tlog`. Needs Go,
// which a user never does.
const ENTRIES = 100_000;
const folder = mkdtempSync(join(tmpdir(), "valetkey-tlog-"));
try {
  const judge = goProgramOf("tlog");

  console.log(`writing a log of ${ENTRIES} events`);
  const world = archivedWorld();
  for (let n = 0; n < ENTRIES / 100; n += 1) {
    await world.receive(journalOf(`0123456789abcdefghjkmn/${n}`, 100));
    if (n % 100 === 99 || n < 3) await world.settle();
  }
  const root = join(folder, "archive");
  for (const [key, body] of world.store.objects) {
    mkdirSync(dirname(join(root, key)), { recursive: true });
    writeFileSync(join(root, key), body);
  }
  const judged = JSON.parse(execFileSync(judge, [root], { encoding: "utf8" }));
  const begunAt = performance.now();
  const verified = await verifyArchive(folderSource(root));
  const seconds = (performance.now() - begunAt) / 1_000;
  assert.deepEqual(
    [verified.verdict, verified.size, verified.root, verified.earlier],
    ["intact", ENTRIES, judged.root, judged.earlier],
  );
  assert.equal(judged.entries, ENTRIES);
  assert.ok(judged.earlier > 1);
  console.log(
    `Go and valetkey agree on ${ENTRIES} events and ${judged.earlier} earlier checkpoints; valetkey took ${seconds.toFixed(1)} s`,
  );

  for (const name of ["tile/0/000", "tile/1/000", "tile/entries/000", "checkpoint"]) {
    const path = join(root, name);
    copyFileSync(path, `${path}.sound`);
    const body = readFileSync(path);
    body[50] = (body[50] ?? 0) ^ 1;
    writeFileSync(path, body);
    const { status } = spawnSync(judge, [root]);
    const { verdict } = await verifyArchive(folderSource(root));
    assert.deepEqual([name, status, verdict], [name, 1, "tampered"]);
    copyFileSync(`${path}.sound`, path);
  }
  console.log("Go and valetkey find the same changed objects");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
