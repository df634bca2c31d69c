import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Places of package.json: one folder above this code, or two folders above in agents' package. */
const MANIFESTS = ["../package.json", "../../package.json"];

/** Returns the version of this command. */
export function ownVersion(): string {
  const file = MANIFESTS.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((path) =>
    existsSync(path),
  );
  if (file === undefined) throw new Error("the package has no package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/** True where a client and a hub of these versions are compatible: of one minor version before 1.0.0, of one major version from then on. */
export const goTogether = (client: string, hub: string): boolean => seriesOf(client) === seriesOf(hub);

function seriesOf(version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return major === "0" ? `0.${minor}` : major;
}
