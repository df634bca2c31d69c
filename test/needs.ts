import { spawnSync } from "node:child_process";

/** Whether a program is on this machine. Where it is not, what needs it is skipped, and that is said where nobody overlooks it. */
export function has(what: string, command: string, ...args: readonly string[]): boolean {
  const isThere = spawnSync(command, args, { stdio: "ignore" }).status === 0;
  if (!isThere) process.stderr.write(`\nSKIPPED: ${what} is not on this machine, so the tests with it do not run.\n`);
  return isThere;
}

const looked = new Map<string, boolean>();
/** Looks once in a process, which many files share. */
const once = (what: string, command: string, ...args: readonly string[]): boolean => {
  const isThere = looked.get(what) ?? has(what, command, ...args);
  looked.set(what, isThere);
  return isThere;
};

// Both are looked for, and not started: `aws --version` takes 0.6 s of CPU time, `import boto3` 0.3 s.
export const hasAwsCli = (): boolean => once("the aws command", "sh", "-c", "command -v aws");
export const hasBoto3 = (): boolean =>
  once("boto3", "python3", "-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('boto3') is None)");
