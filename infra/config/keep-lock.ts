import { ConfigProblem } from "./config-problem.ts";
import { lockedWith, lockFaults, lockFile, readLock, unlocked, writeLock } from "./lock.ts";
import type { Config } from "./schema.ts";

/** Handling of the lock. `write`: the default. `look`: the result of the synthesis is only shown. `frozen`: a written file would be lost. */
export type LockMode = "write" | "look" | "frozen";

/** Returns the mode of a synthesis. In a pipeline it is `frozen`: the build works on a copy that is thrown away. */
export const lockMode = (requested: unknown, { CI: ci = "" }: NodeJS.ProcessEnv): LockMode => {
  if (requested === "look" || requested === "frozen") return requested;
  return ["", "0", "false"].includes(ci) ? "write" : "frozen";
};

/**
 * Refuses a configuration that drops an account or task roles while sessions of them may be alive.
 * @returns a function that writes the configuration into the lock, and returns true where the file changed. Call it after the synthesis.
 * @throws {Error} lists every fault, with the order of steps.
 */
export function keepLock(
  { config, configFile, mode }: { readonly config: Config; readonly configFile: string; readonly mode: LockMode },
  nowMs: number,
): () => boolean {
  const file = lockFile(configFile);
  const lock = readLock(file);
  const wanted = lockedWith(config, lock, nowMs);
  const faults = [...lockFaults(config, lock, nowMs), ...(mode === "frozen" && lock ? unlocked(wanted, lock) : [])];
  if (faults.length > 0)
    throw new ConfigProblem(`${configFile} cannot be deployed:\n${faults.map((each) => `  - ${each}`).join("\n")}`);
  // A pipeline without a committed lock writes one, so that its log shows what is missing.
  return () => mode !== "look" && !(mode === "frozen" && lock !== undefined) && writeLock(file, wanted);
}
