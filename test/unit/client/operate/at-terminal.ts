import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { COMPILED } from "../../../../local/compiled.ts";

/** Node has no terminals to give away; util-linux's `script` has, and it is on every Linux that has a login. */
export const hasTerminals = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Runs Node with these arguments at a terminal of its own, and types `says` once the screen shows `after`. */
export async function atTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  typed: { readonly after: string; readonly says: string; readonly seen?: (screen: string) => void },
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const line = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    env: { PATH: process.env.PATH ?? "", SHELL: "/bin/sh", TERM: "dumb", NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ["pipe", "pipe", "ignore"],
    timeout: 100_000,
    killSignal: "SIGKILL",
  });
  let screen = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    const had = screen.includes(typed.after);
    screen += text;
    if (had || !screen.includes(typed.after)) return;
    child.stdin.write(typed.says);
    // The rest of the line may come in another chunk.
    setTimeout(() => typed.seen?.(screen), 200);
  });
  const [code] = await once(child, "close");
  return { code, screen };
}
