import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** File of a package with the licences of the bundled packages. */
export const THIRD_PARTY = "THIRD-PARTY-LICENSES.txt";

/** Lists the installed packages whose code is in a bundle, by their folders below the repository's root. */
export function packagesIn({ outputs }: Metafile): readonly string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = files.flatMap((file) => /^.*\bnode_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file) ?? []);
  return [...new Set(folders)].toSorted();
}

/** Writes the name, version, licence and licence text of each package, equal texts only once. @throws {Error} where a package has no licence text. */
export function writeThirdParty(into: string, folders: readonly string[]): void {
  const named = new Map<string, string[]>();
  for (const folder of [...new Set(folders)].toSorted()) {
    const { name, version, license } = JSON.parse(readFileSync(`${ROOT}${folder}/package.json`, "utf8"));
    const text = licenceOf(`${ROOT}${folder}`, license);
    named.set(text, [...(named.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...named].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`);
  writeFileSync(`${into}/${THIRD_PARTY}`, [HEAD, ...parts].join(`\n${"=".repeat(80)}\n\n`));
}

const HEAD = `This package holds code of the packages below, each under its own licence. The WebAssembly module of Cedar, where it is
here, is compiled from Rust; Cargo.lock in https://github.com/cedar-policy/cedar lists the crates that are in it.
`;

/** Reads a package's licence and notice files. Without one, takes the licence from its README, or the standard text of its licence. */
function licenceOf(folder: string, license: unknown): string {
  const files = readdirSync(folder);
  const own = files.filter((name) => /^(licen[cs]e|notice|copying)(\.(md|txt))?$/i.test(name)).toSorted();
  if (own.length > 0) return own.map((name) => readFileSync(`${folder}/${name}`, "utf8").trim()).join("\n\n");
  if (license === "Apache-2.0") return readFileSync(`${ROOT}LICENSE`, "utf8").trim();
  const readme = files.includes("README.md") ? readFileSync(`${folder}/README.md`, "utf8") : "";
  const [, said = ""] = /^#+ licen[cs]e\s*$([\s\S]*)/im.exec(readme) ?? [];
  if (said.includes("Permission is hereby granted")) return said.trim();
  if (license === "MIT" && /copyright \(c\)/i.test(said)) return `${said.trim()}\n\n${MIT}`;
  throw new Error(`${folder} has no text of its licence (${license})`);
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;
