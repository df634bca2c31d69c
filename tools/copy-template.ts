import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** Copies the files of `valetkey init` into one folder of a package. `client/init/template.ts` reads them there. */
export function copyTemplate(into: string): void {
  const folder = `${into}/template`;
  cpSync(`${ROOT}client/template`, folder, { recursive: true });
  const shipped: readonly string[] = JSON.parse(readFileSync(`${folder}/shipped.json`, "utf8"));
  for (const name of shipped) {
    if (existsSync(`${folder}/${name}`)) throw new Error(`two files of the template are ${name}`);
    cpSync(`${ROOT}policies/${name}`, `${folder}/${name}`);
  }
  const { version, dependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
  writeFileSync(`${folder}/manifest.json`, JSON.stringify({ version, dependencies }));
  cpSync(`${ROOT}tools/deployment/package.json`, `${folder}/deployment.json`);
}
