import { createHash } from "node:crypto";
import { BrokenDeployment } from "./broken-deployment.ts";

/** Manifest of a build (`manifest.json`), by which a function verifies its files. */
export interface Manifest {
  /** SHA-256 of each file by its name; hexadecimal. */
  readonly files: Readonly<Record<string, string>>;
  /** SHA-256 over all of them, hexadecimal. Each decision's record names it. */
  readonly hash: string;
}

export const MANIFEST = "manifest.json";

/** Computes a SHA-256; hexadecimal. */
export const digestOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** Makes the manifest of files, given by name and content. */
export function manifestOf(contents: Readonly<Record<string, string>>): Manifest {
  const files = Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, digestOf(content)]));
  return { files, hash: hashOf(files) };
}

/**
 * Parses a manifest.
 * @throws {BrokenDeployment} manifest_unreadable for another text, or a hash that is not that of the files.
 */
export function parseManifest(text: string): Manifest {
  const { files, hash } = fields(text);
  if (!isDigests(files) || hash !== hashOf(files)) throw new BrokenDeployment("manifest_unreadable", MANIFEST);
  return { files, hash };
}

const hashOf = (files: Manifest["files"]): string => digestOf(JSON.stringify(files));

function fields(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    // Omits the parser's error, since it quotes the text.
    throw new BrokenDeployment("manifest_unreadable", MANIFEST);
  }
}

const isDigests = (value: unknown): value is Manifest["files"] =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
