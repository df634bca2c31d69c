import { lstat, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { MOST_OBJECT_BYTES } from "../../functions/core/archive/archive-store.ts";
import { atOnce } from "../../functions/core/at-once.ts";

/** Copy of an archive that is read: a folder, or a bucket. */
export interface ArchiveSource {
  read(key: string): Promise<Buffer | undefined>;
  /** Lists the keys below a folder of the archive, sorted. */
  list(folder: string): Promise<readonly string[]>;
}

/**
 * Archive in a folder of the disk, as `aws s3 sync` copies it. Reads plain files only: a link may lead out of the
 * folder, and a pipe or device may be endless.
 */
export function folderSource(root: string): ArchiveSource {
  return {
    read: async (key) => {
      // A forged log may name any path.
      if (key.split("/").includes("..")) return undefined;
      const path = join(root, key);
      const found = await lstat(path).catch(nothingThere);
      if (!found?.isFile()) return undefined;
      return found.size > MOST_OBJECT_BYTES ? Buffer.alloc(0) : await readFile(path);
    },
    list: async (folder) => {
      const names = (await readdir(join(root, folder)).catch(nothingThere)) ?? [];
      return names.toSorted().map((name) => `${folder}/${name}`);
    },
  };
}

/**
 * Most objects that are read from a source at the same time. A bucket's answers are slow, and it gives many in
 * parallel.
 */
export const READ_AT_ONCE = 16;

/**
 * Reads the checkpoints of the witness, one object for each hour; the result is by the object's name.
 * @param source place with the folder of them.
 */
export async function readAnchored(source: ArchiveSource, folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const keys = await source.list(folder);
  const bodies = await atOnce(READ_AT_ONCE, keys, (key) => source.read(key));
  return new Map(
    keys.flatMap((key, index) => {
      const body = bodies[index];
      return body ? [[key.slice(folder.length + 1), body] as const] : [];
    }),
  );
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EISDIR") return undefined;
  throw error;
}
