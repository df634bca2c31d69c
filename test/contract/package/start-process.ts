import { spawn } from "node:child_process";
import { once } from "node:events";

/**
 * Runs a program to its end, with only the given environment.
 * @param timeout milliseconds after which a hanging program is killed. Long, since a busy machine takes half a minute
 * for some seconds' work.
 * @param heard receives each piece of standard output.
 * @param cwd folder in which it runs; the present one unless given.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  timeout = 100_000,
  heard: (piece: string) => void = () => undefined,
  cwd?: string,
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout,
    killSignal: "SIGKILL",
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    heard(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}
