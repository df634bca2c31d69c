import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programOf } from "../python.ts";

/** A moto on loopback. */
export interface RunningMoto {
  readonly endpoint: string;
  /** Drops all tables and buckets. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Starts moto, in memory, on a free loopback port. It ends with this process, too. */
export async function startMoto(): Promise<RunningMoto> {
  const script = fileURLToPath(new URL("serve.py", import.meta.url));
  // moto may take any credentials for its own; none of the caller's is passed on.
  const env = { PATH: process.env.PATH, AWS_ACCESS_KEY_ID: "moto", AWS_SECRET_ACCESS_KEY: "moto" };
  const child = spawn(programOf("moto"), [script], { env, stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const printed = await Promise.race([once(child.stdout, "data"), exited]);
  const port = Number(String(printed[0]));
  if (child.exitCode !== null || !Number.isInteger(port)) throw new Error(`moto does not start: ${child.exitCode}`);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    endpoint,
    reset: async () => {
      const { ok } = await fetch(`${endpoint}/moto-api/reset`, { method: "POST" });
      if (!ok) throw new Error("moto does not reset");
    },
    close: async () => {
      child.stdin.end();
      await exited;
    },
  };
}
