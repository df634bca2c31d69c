import { execFile } from "node:child_process";
import { noIdentity } from "./no-identity.ts";

const TIMEOUT_MS = 30_000;

/**
 * Runs a command and returns its output as the token. The line is split at white space, without a shell, and `{audience}` in it is replaced by the
 * audience. The command's stderr is passed on, where tools such as `gcloud` say what to do.
 * @param quietlyMs ends the command after this time, and drops its stderr; milliseconds.
 */
export function tokenOfCommand(line: string, audience: string, quietlyMs?: number): Promise<string> {
  const [command = "", ...args] = line
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll("{audience}", audience));
  return new Promise((resolve, reject) => {
    if (command === "") return reject(noIdentity("the token command is empty"));
    // A command may ignore SIGTERM.
    const limits = { timeout: quietlyMs ?? TIMEOUT_MS, killSignal: "SIGKILL", maxBuffer: 64 * 1_024 } as const;
    const child = execFile(command, args, limits, (error, stdout) => {
      if (!error) return resolve(stdout);
      const { code } = error as NodeJS.ErrnoException;
      reject(noIdentity(`the token command ${command} ${code === "ENOENT" ? "was not found" : "failed"}`));
    });
    if (quietlyMs === undefined) child.stderr?.pipe(process.stderr);
  });
}
