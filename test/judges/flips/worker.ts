import { parentPort, workerData } from "node:worker_threads";
import { verifyArchive } from "../../../client/audit/verify-archive.ts";

/** Archive whose bytes a thread flips: every `step`-th from `first` on. */
export interface FlippedArchive {
  readonly objects: ReadonlyMap<string, Uint8Array>;
  readonly key: string;
  readonly first: number;
  readonly step: number;
}

/** Flips made since the last message, and those that verification did not find. */
export interface Flips {
  readonly flips: number;
  readonly missed: readonly string[];
}

/** Flips between two messages. */
const AT_ONCE = 500;

const { objects, key, first, step } = workerData as FlippedArchive;
const bodies = new Map([...objects].map(([name, body]) => [name, Buffer.from(body)]));
const source = {
  read: async (name: string) => bodies.get(name),
  list: async (folder: string) => [...bodies.keys()].filter((name) => name.startsWith(`${folder}/`)).sort(),
};

let [place, flips, missed] = [0, 0, [] as string[]];
const tell = () => {
  parentPort?.postMessage({ flips, missed } satisfies Flips);
  [flips, missed] = [0, []];
};
for (const [name, body] of bodies) {
  for (let at = 0; at < body.length; at += 1, place += 1) {
    if (place % step !== first) continue;
    const bit = 1 << (at % 8);
    body[at] = (body[at] ?? 0) ^ bit;
    const { verdict } = await verifyArchive(source, key);
    if (verdict !== "tampered") missed.push(`${name} byte ${at}: ${verdict}`);
    body[at] = (body[at] ?? 0) ^ bit;
    flips += 1;
    if (flips === AT_ONCE) tell();
  }
}
tell();
