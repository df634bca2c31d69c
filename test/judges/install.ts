import { type ExecFileSyncOptions, execFileSync } from "node:child_process";

/** Exit code of a judge whose packages cannot be had here (EX_UNAVAILABLE of sysexits.h). That is no finding. */
export const UNAVAILABLE = 69;

/** Runs a command that fetches a judge's packages. Where it fails, the judge ends with `UNAVAILABLE`. */
export function install(program: string, args: readonly string[], options: ExecFileSyncOptions = {}): void {
  try {
    execFileSync(program, args, { stdio: ["ignore", "inherit", "inherit"], ...options });
  } catch {
    process.stderr.write(`${[program, ...args].join(" ")} failed: is its registry within reach?\n`);
    process.exit(UNAVAILABLE);
  }
}
