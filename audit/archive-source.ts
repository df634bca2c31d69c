import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Copy of an archive that is read: a folder, or a bucket. */
export interface ArchiveSource {
  read(key: string): Promise<Buffer | undefined>;
  /** Lists the keys below a folder of the archive, sorted. */
  list(folder: string): Promise<readonly string[]>;
}

/** Archive in a folder of the disk, as `aws s3 sync` copies it. */
export function folderSource(root: string): ArchiveSource {
  return {
    read: (key) => readFile(join(root, key)).catch(nothingThere),
    list: async (folder) => {
      const names = (await readdir(join(root, folder)).catch(nothingThere)) ?? [];
      return names.toSorted().map((name) => `${folder}/${name}`);
    },
  };
}

/** Copy of the checkpoints at the second place: one file for each hour. */
export async function readAnchored(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(folder).catch(nothingThere)) ?? [];
  return new Map(
    await Promise.all(names.toSorted().map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

function nothingThere(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT" || error.code === "ENOTDIR" || error.code === "EISDIR") return undefined;
  throw error;
}
