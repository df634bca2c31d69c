import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ClientError } from "../exit-codes.ts";

/** Names of a deployment's files in its folder. */
const NAMES = { config: "valetkey.json", policies: "policies" } as const;

/** Files of the deployment that a command reads. */
export interface Checkout {
  /** Path of `valetkey.json`. */
  readonly config: string;
  /** Folder of the policies. */
  readonly policies: string;
}

/**
 * Returns the deployment's files: those of the options, then those of `VALETKEY_CONFIG` and `VALETKEY_POLICIES`, then
 * those of the current folder.
 * @throws {ClientError} usage, where a variable that counts names a missing file or folder.
 */
export const checkoutOf = (
  { config, policies }: Readonly<Partial<Record<keyof Checkout, string | undefined>>>,
  env: NodeJS.ProcessEnv,
): Checkout => ({
  config: config ?? named("VALETKEY_CONFIG", env) ?? NAMES.config,
  policies: policies ?? named("VALETKEY_POLICIES", env) ?? NAMES.policies,
});

function named(variable: string, env: NodeJS.ProcessEnv): string | undefined {
  const path = env[variable] || undefined;
  if (path !== undefined && !existsSync(path))
    throw new ClientError("usage", "usage", `${variable} names ${path}, which does not exist`);
  return path;
}

/**
 * Returns the file of `VALETKEY_CONFIG` where it belongs to a folder: to that of `VALETKEY_POLICIES`, or to `policies` in the current folder.
 * Another folder has a `valetkey.json` of its own.
 * @throws {ClientError} as `checkoutOf` does.
 */
export function configFor(folders: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const [folder, ...others] = folders;
  const isOwn =
    folder !== undefined && others.length === 0 && resolve(folder) === resolve(checkoutOf({}, env).policies);
  return isOwn ? named("VALETKEY_CONFIG", env) : undefined;
}
