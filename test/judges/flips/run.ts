import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";
import { VERIFIER_KEY } from "../../../functions/core/archive/archive-keys.ts";
import { archivedWorld, journalOf } from "../../fakes/archive/archived-world.ts";
import type { FlippedArchive, Flips } from "./worker.ts";

// Flips each byte of an archive of 200 events, one at a time, and verifies the whole archive each time: `npm run judges -- flips`.

const world = archivedWorld();
for (let n = 0; n < 8; n += 1) await world.receive(journalOf(`0123456789abcdefghjkmn/${n}`, 25));
await world.settle();
const key = world.store.objects.get(VERIFIER_KEY)?.toString("utf8").trim() ?? "";

// Only objects that verification reads are flipped. A bundle or tile that a later one has replaced is not read.
const objects = new Map<string, Uint8Array>();
const read = async (name: string) => {
  const body = world.store.objects.get(name);
  if (body) objects.set(name, Uint8Array.from(body));
  return body;
};
const sound = await verifyArchive({ ...world.source, read }, key);
assert.deepEqual([sound.verdict, sound.size], ["intact", 200]);

const [threads, begunAtMs, begun] = [availableParallelism(), performance.now(), process.cpuUsage()];
const bytes = [...objects.values()].reduce((sum, body) => sum + body.length, 0);
console.log(`${bytes} bytes in ${objects.size} objects, ${threads} threads`);

let done = 0;
const progress = setInterval(() => console.log(`${done} of ${bytes} bytes flipped`), 15_000);
const missed: string[] = [];
const work = (first: number): Promise<void> => {
  const workerData: FlippedArchive = { objects, key, first, step: threads };
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  worker.on("message", (flips: Flips) => {
    done += flips.flips;
    missed.push(...flips.missed);
  });
  worker.on("error", reject);
  worker.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended with ${code}`))));
  return promise;
};
await Promise.all(Array.from({ length: threads }, (_, first) => work(first))).finally(() => clearInterval(progress));

const { user, system } = process.cpuUsage(begun);
const [cpu, wall] = [(user + system) / 1e6, (performance.now() - begunAtMs) / 1_000];
console.log(`${done} flips, ${missed.length} missed; ${cpu.toFixed(0)} s of CPU, ${wall.toFixed(0)} s`);
for (const each of missed.slice(0, 20)) console.log(`missed: ${each}`);
process.exitCode = missed.length === 0 && done === bytes ? 0 : 1;
