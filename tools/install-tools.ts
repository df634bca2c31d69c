import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const LINK_NODE = fileURLToPath(new URL("link-node.mjs", import.meta.url));

/** Names of the folders here: each is a workspace of npm, whose packages `npm ci` leaves out. */
export const TOOLS: readonly string[] = readdirSync(join(ROOT, "tools"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Lists the packages of a workspace that are not installed in the version that it pins. */
export function missingOf(tool: string, root = ROOT): readonly string[] {
  const { dependencies } = manifestIn(join(root, "tools", tool));
  return Object.entries(dependencies)
    .filter(([name, version]) => {
      const folder = join(root, "node_modules", name);
      return !existsSync(folder) || manifestIn(folder).version !== version;
    })
    .map(([name]) => name);
}

/**
 * Installs the packages of workspaces where they are missing, in the versions of the lock file.
 * @throws {Error} where npm cannot install them, without a network for example.
 */
export function installTools(...tools: readonly string[]): void {
  const missing = tools.filter((tool) => missingOf(tool).length > 0);
  if (missing.length === 0) return;
  process.stderr.write(`Installing ${missing.flatMap((tool) => missingOf(tool)).join(", ")}, once\n`);
  const workspaces = missing.flatMap((tool) => ["--workspace", `tools/${tool}`]);
  // `.npmrc` switches workspaces off, so that `npm ci` leaves them out.
  const { status } = spawnSync(
    "npm",
    ["install", "--no-save", "--no-audit", "--no-fund", "--workspaces=true", ...workspaces],
    { cwd: ROOT, stdio: ["ignore", 2, 2], shell: process.platform === "win32" },
  );
  if (status !== 0) throw new Error(`npm could not install tools/${missing.join(", tools/")}`);
  spawnSync(process.execPath, [LINK_NODE], { stdio: ["ignore", 2, 2] });
}

const manifestIn = (folder: string): { readonly version: string; readonly dependencies: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const unknown = asked.find((tool) => !TOOLS.includes(tool));
  if (unknown !== undefined) {
    process.stderr.write(`${unknown} is none of ${TOOLS.join(", ")}\n`);
    process.exitCode = 64;
  } else installTools(...(asked.length === 0 ? TOOLS : asked));
}
