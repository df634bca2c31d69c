import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { tourPolicies } from "../../local/tour-policies.ts";
import { buildDeploy } from "../../tools/build-deploy.ts";
import { packed } from "../../tools/build-packages.ts";

const run = promisify(execFile);

/**
 * Makes a folder by `valetkey init`, and has npm install the packed archive into it. Nothing of the checkout is in the
 * folder, or runs from now on.
 */
export async function makeFolder(folder: string, directory: string): Promise<void> {
  const built = join(directory, "package");
  await buildDeploy(built);
  const archive = packed(built, join(directory, "archives"));
  await run(process.execPath, [join(built, "lib", "valetkey.mjs"), "init", folder, "--archive", archive]);
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline"], { cwd: folder, env: fresh() });
}

/**
 * Replaces the template's policies by the tour's, whose agents the test has, and checks them by the folder's own
 * command.
 */
export async function usePolicies(folder: string): Promise<void> {
  const policies = tourPolicies(join(folder, "policies"));
  for (const args of [
    ["policy", "check", "--strict", policies],
    ["policy", "test", policies],
  ])
    await run("npx", ["valetkey", ...args], { cwd: folder, env: fresh() });
}

/** Variables of a machine's way to the registry. Node 24's npm finds no configuration of the machine's own npm, which may name its certificates. */
const NETWORK = ["NODE_EXTRA_CA_CERTS", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

/** Environment of a person's terminal: nothing that npm has set for its own child. */
const fresh = (): NodeJS.ProcessEnv =>
  Object.fromEntries(["PATH", "HOME", ...NETWORK].map((name) => [name, process.env[name]]));
