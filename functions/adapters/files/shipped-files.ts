import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BrokenDeployment } from "../../core/deployment/broken-deployment.ts";
import { digestOf, MANIFEST, type Manifest, parseManifest } from "../../core/deployment/manifest.ts";

/** What was deployed with the function, from its own bundle: no network call, and each file exactly as it was built, or not at all. */
export class DeploymentBundle {
  readonly #folder: string;
  readonly #manifest: Manifest;

  /** @throws {BrokenDeployment} file_missing, manifest_unreadable. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#manifest = parseManifest(this.#bytes(MANIFEST).toString("utf8"));
  }

  /** Of the whole deployment: stands in each decision's record. */
  get hash(): string {
    return this.#manifest.hash;
  }

  /** @throws {BrokenDeployment} file_missing, file_altered. */
  text(name: string): string {
    const bytes = this.#bytes(name);
    if (digestOf(bytes) !== this.#manifest.files[name]) throw new BrokenDeployment("file_altered", name);
    return bytes.toString("utf8");
  }

  #bytes(name: string): Buffer {
    try {
      return readFileSync(join(this.#folder, name));
    } catch {
      throw new BrokenDeployment("file_missing", name);
    }
  }
}
