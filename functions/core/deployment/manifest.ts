import { createHash } from "node:crypto";
import { BrokenDeployment } from "./broken-deployment.ts";

/** `manifest.json`: what the build wrote, so that a function can tell whether it has exactly that. */
export interface Manifest {
  /** SHA-256 of each file, in hexadecimal, by its name. */
  readonly files: Readonly<Record<string, string>>;
  /** Of all of them: stands in each decision's record. */
  readonly hash: string;
}

export const MANIFEST = "manifest.json";

/** SHA-256 in hexadecimal. */
export const digestOf = (content: string | Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** The manifest of these files, given by name and content. */
export function manifestOf(contents: Readonly<Record<string, string>>): Manifest {
  const files = Object.fromEntries(Object.entries(contents).map(([name, content]) => [name, digestOf(content)]));
  return { files, hash: hashOf(files) };
}

/**
 * The manifest in the text.
 * @throws {BrokenDeployment} manifest_unreadable, where it is none, or its hash is not that of its files.
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
    // Not the error's own words: they quote the text.
    throw new BrokenDeployment("manifest_unreadable", MANIFEST);
  }
}

const isDigests = (value: unknown): value is Manifest["files"] =>
  typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
