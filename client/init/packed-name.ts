import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** Size of a block of a tar archive, in bytes; a file's header is one block. */
const BLOCK = 512;
/** Place of the manifest in an archive that npm packs. */
const MANIFEST = "package/package.json";

/** Reads the name of the package in an archive that npm packed; undefined where the file is no such archive. */
export function packedName(file: string): string | undefined {
  try {
    const { name }: { readonly name?: unknown } = JSON.parse(manifestIn(gunzipSync(readFileSync(file))) ?? "{}");
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

function manifestIn(tar: Buffer): string | undefined {
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const size = Number.parseInt(textAt(tar, at + 124, 12), 8) || 0;
    const content = at + BLOCK;
    if (textAt(tar, at, 100) === MANIFEST) return tar.toString("utf8", content, content + size);
    at = content + Math.ceil(size / BLOCK) * BLOCK;
  }
  return undefined;
}

/** Reads a field of a header, which a zero byte ends. */
const textAt = (tar: Buffer, from: number, length: number): string =>
  tar.toString("latin1", from, from + length).replace(/\0.*$/s, "");
