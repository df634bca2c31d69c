import { spawnSync } from "node:child_process";

/** Whether a program is on this machine. Where it is not, what needs it is skipped, and that is said where nobody overlooks it. */
export function has(what: string, command: string, ...args: readonly string[]): boolean {
  const isThere = spawnSync(command, args, { stdio: "ignore" }).status === 0;
  if (!isThere) process.stderr.write(`\nSKIPPED: ${what} is not on this machine, so the tests with it do not run.\n`);
  return isThere;
}

export const hasAwsCli = (): boolean => has("the aws command", "aws", "--version");
export const hasBoto3 = (): boolean => has("boto3", "python3", "-c", "import boto3");
