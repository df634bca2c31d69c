import { BrokenDeployment } from "./core/deployment/broken-deployment.ts";

/**
 * Returns the named variables, all of which must be set.
 * @throws {BrokenDeployment} variable_missing, with every missing variable: a function without its configuration must not start.
 */
export function readEnv<const Names extends readonly string[]>(
  names: Names,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<Record<Names[number], string>> {
  const missing = names.filter((name) => !env[name]);
  if (missing.length > 0) throw new BrokenDeployment("variable_missing", missing.join(", "));
  return Object.fromEntries(names.map((name) => [name, env[name]])) as Record<Names[number], string>;
}

/** Variables of a function's environment. `infra` builds the same type, so a missing variable does not compile. */
export type EnvOf<Names extends readonly string[]> = Readonly<Record<Names[number], string>>;
