import { closeSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";

const CHUNK_BYTES = 4 * 1024 * 1024;
/** A line of `/proc/PID/maps` that can be read: from, to, whether it can be written, and the file's inode, else 0. */
const RANGE = /^([0-9a-f]+)-([0-9a-f]+) r([w-])\S+ \S+ \S+ (\d+)/;

/**
 * Finds which needles are in the memory of a process, heap, stack, buffers and environment alike. Linux alone; the
 * process must be one of this user's, below this process.
 * @returns the names of those that are there.
 */
export function inMemory(pid: number, needles: ReadonlyMap<string, Buffer>): ReadonlySet<string> {
  const found = new Set<string>();
  const overlap = Math.max(...[...needles.values()].map(({ length }) => length)) - 1;
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const chunk = Buffer.alloc(CHUNK_BYTES + overlap);
  try {
    for (const { from, to } of readableRanges(pid)) {
      for (let at = from; at < to; at += CHUNK_BYTES) {
        const bytes = read(memory, chunk, at, Math.min(to - at, chunk.length));
        for (const [name, needle] of needles) if (chunk.subarray(0, bytes).includes(needle)) found.add(name);
      }
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

/** Finds which needles are in the files of a folder, at any depth. */
export function inFiles(folder: string, needles: ReadonlyMap<string, Buffer>): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const contents = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name)));
  return new Set(
    [...needles].filter(([, each]) => contents.some((bytes) => bytes.includes(each))).map(([name]) => name),
  );
}

/** Ranges that the process can read and write, and those that no file is behind: a page of a program's file is no memory. */
function readableRanges(pid: number): readonly { readonly from: number; readonly to: number }[] {
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, from = "", to = "", writable, inode] = RANGE.exec(line) ?? [];
      const isOfAFile = writable === "-" && inode !== "0";
      const isKernels = /\[v(?:var|syscall|var_vclock)\]$/.test(line);
      return from === "" || isOfAFile || isKernels
        ? []
        : [{ from: Number.parseInt(from, 16), to: Number.parseInt(to, 16) }];
    });
}

/** Returns the bytes that were read; none where the process has given the range back meanwhile. */
function read(memory: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch (error) {
    if (["EIO", "EFAULT"].includes((error as NodeJS.ErrnoException).code ?? "")) return 0;
    throw error;
  }
}
