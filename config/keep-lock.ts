import { ConfigProblem } from "./config-problem.ts";
import { lockedWith, lockFaults, lockFile, readLock, unlocked, writeLock } from "./lock.ts";
import type { Config } from "./schema.ts";

/** Handling of the lock: `write` by default; `look` where a synthesis is only looked at; `frozen` where what is written would be lost. */
export type LockMode = "write" | "look" | "frozen";

/** Mode of a synthesis. A build of a pipeline works on a copy that is thrown away. */
export const lockMode = (asked: unknown, { CI: ci = "" }: NodeJS.ProcessEnv): LockMode => {
  if (asked === "look" || asked === "frozen") return asked;
  return ["", "0", "false"].includes(ci) ? "write" : "frozen";
};

/**
 * Refuses a configuration that drops an account or task roles while something of them may be alive, and returns what keeps the configuration in the lock
 * once it was synthesised.
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
