import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { ensurePrivateFolder, writePrivateFile } from "../files/private-file.ts";
import type { IssuedCredential } from "../task/held-task.ts";

/** Names of credentials and of their fields. The hub chooses both, so that another name could leave the folder. */
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** Fields that are no part of what a service takes. */
const ABOUT: ReadonlySet<string> = new Set(["type", "name", "expires_at"]);

/**
 * Files of what connectors issued, for programs that read a credential from a file, such as a proxy that injects it: `<folder>/<name>/<field>`, and
 * `<folder>/<name>/0/<field>` for the first of several, 0600 in folders of 0700. A reader sees the old or the new content of a file.
 */
export class IssuedFiles {
  readonly #folder: string;
  #paths: readonly string[] = [];

  /** @throws {ClientError} usage, for a folder that others can write to, or that cannot be made. */
  constructor(folder: string) {
    ensurePrivateFolder(folder, "--credentials-out");
    this.#folder = folder;
  }

  /** Writes the credentials in place of the earlier ones. */
  write(issued: readonly IssuedCredential[]): void {
    const files = issued.flatMap((each) =>
      filesOf(each).map(([path, text]) => [join(this.#folder, path), text] as const),
    );
    for (const [path, text] of files) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writePrivateFile(path, text);
    }
    this.#removeBut(files.map(([path]) => path));
  }

  /** Removes all files, so that no program goes on with credentials that have ended. */
  clear(): void {
    this.#removeBut([]);
  }

  /** Paths of a credential's files. */
  pathsOf(credential: IssuedCredential): readonly string[] {
    return filesOf(credential).map(([path]) => join(this.#folder, path));
  }

  #removeBut(kept: readonly string[]): void {
    for (const path of this.#paths.filter((each) => !kept.includes(each))) rmSync(path, { force: true });
    this.#paths = kept;
  }
}

type File = readonly [path: string, text: string];

const filesOf = ({ name, fields }: IssuedCredential): readonly File[] => (NAME.test(name) ? under(name, fields) : []);

/** Lists the files of an object: one for each text or number, and a folder for each object of a list, by its place there. */
const under = (folder: string, fields: object): readonly File[] =>
  Object.entries(fields).flatMap(([field, value]): readonly File[] => {
    if (ABOUT.has(field) || !NAME.test(field)) return [];
    if (typeof value === "string" || typeof value === "number") return [[join(folder, field), String(value)]];
    if (!Array.isArray(value)) return [];
    return value.flatMap((each, index) =>
      typeof each === "object" && each !== null ? under(join(folder, String(index)), each) : [],
    );
  });
