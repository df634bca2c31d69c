import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BrokenDeployment } from "../../core/deployment/broken-deployment.ts";
import { digestOf, MANIFEST, type Manifest, parseManifest } from "../../core/deployment/manifest.ts";

/** Files deployed in the function's own bundle. Reads without the network, and refuses a file that differs from the build's. */
export class DeploymentBundle {
  readonly #folder: string;
  readonly #manifest: Manifest;

  /** @throws {BrokenDeployment} file_missing, manifest_unreadable. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#manifest = parseManifest(this.#bytes(MANIFEST).toString("utf8"));
  }

  /** Hash of the whole deployment, which the record of each decision names. */
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
