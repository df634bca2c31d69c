import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { processCpuMs } from "./process-cpu.ts";

/** Server that hands out credentials, with its processes. */
export interface Server {
  readonly kind: "valetkey" | "openbao";
  /** Name in reports: `OpenBao, its store on disk`. */
  readonly name: string;
  readonly url: string;
  /**
   * CPU time so far of the answering process (with its plugins), and of the store's own process, if any; milliseconds.
   */
  cpuMs(): { readonly server: number; readonly store: number };
  /** Ends the tasks that the load has opened, so that their number does not grow. */
  forget?(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a Node process that prints its port, on standard output or standard error. */
export async function startNode(
  file: string,
  {
    options = [],
    args = [],
    env = {},
    prints = "stdout",
  }: {
    /** Options of Node itself. */
    readonly options?: readonly string[];
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly prints?: "stdout" | "stderr";
  } = {},
): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn(process.execPath, [...options, file, ...args], {
    env,
    stdio: ["ignore", prints === "stdout" ? "pipe" : "ignore", prints === "stderr" ? "pipe" : "inherit"],
  });
  const stream = child[prints];
  if (!stream) throw new Error("the process has no output");
  const [printed] = (await Promise.race([
    once(stream, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`${file} ended at once`))),
  ])) as [Buffer];
  const port = Number(`${printed}`.trim());
  if (!(port > 0)) throw new Error(`${file} printed no port: ${printed}`);
  stream.resume();
  return { child, url: `http://127.0.0.1:${port}` };
}

/** Ends a process and waits for it. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

/** CPU time of a process that may have ended meanwhile; milliseconds. */
export const cpuMsOf = (child: ChildProcess): number => (child.pid === undefined ? 0 : processCpuMs(child.pid));
