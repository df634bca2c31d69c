import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { FunctionName } from "../contract/names.ts";
import { WATCHING } from "../functions/names.ts";
import { COMPILED } from "./compiled.ts";

/** Functions whose thread gives way to others. The probe does not: it measures when AWS refuses. */
const GIVING_WAY = WATCHING.filter((name) => name !== "probe");

/** Deployed function, as the Lambda service runs it: with its own environment and the keys of its own role. */
export interface FunctionHost {
  invoke(event: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Function that can be deployed again. */
export interface DeployedHost extends FunctionHost {
  /** Starts the thread before its first invocation, as provisioned concurrency does. Resolves once the function is loaded. */
  warm(): Promise<void>;
  /** Ends the thread, so that the next invocation starts one with the latest deployment. */
  restart(): Promise<void>;
  /** CPU time of the function's thread so far, its start included; milliseconds. */
  spentMs(): Promise<number>;
}

interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/**
 * Hosts a function in its own thread. The thread starts at the first invocation, as on Lambda, and serves all later
 * ones.
 * @param file the function's bundle.
 * @param env environment of a thread that starts now.
 * @param logFile file of its log lines.
 */
export function hostFunction(
  name: FunctionName,
  file: string,
  env: () => Readonly<Record<string, string>>,
  logFile: string,
): DeployedHost {
  let started: Started | undefined;
  let isClosed = false;
  const running = (): Started => {
    if (isClosed) throw new Error(`${name} has ended`);
    started ??= startFunction(name, file, env(), logFile);
    return started;
  };
  return {
    invoke: async (event) => running().invoke(event),
    warm: async () => running().warm(),
    restart: async () => {
      const before = started;
      started = undefined;
      await before?.close();
    },
    spentMs: async () => (await started?.spentMs()) ?? 0,
    close: async () => {
      isClosed = true;
      await started?.close();
    },
  };
}

type Started = Omit<DeployedHost, "restart">;

function startFunction(
  name: FunctionName,
  file: string,
  env: Readonly<Record<string, string>>,
  logFile: string,
): Started {
  const worker = new Worker(new URL("./function-worker.ts", import.meta.url), {
    workerData: { file: pathToFileURL(file).href, isWatching: GIVING_WAY.some((each) => each === name) },
    // The compile cache spares the next start. Set here, it also holds the thread's first file. Otherwise each thread
    // would load Node's TypeScript parser for that file alone.
    env: { NODE_COMPILE_CACHE: COMPILED, ...env },
    stdout: true,
    stderr: true,
  });
  const log = createWriteStream(logFile, { flags: "a" });
  worker.stdout.pipe(log, { end: false });
  worker.stderr.pipe(log, { end: false });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  worker.on("message", ({ id, value, error }: Answer) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(`${name}: ${error}`));
  });
  let ended: Error | undefined;
  const end = (error: Error): void => {
    ended ??= error;
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", (code) => end(new Error(`${name} has ended with code ${code}; its last words are in ${logFile}`)));
  const ask = (work: { readonly event: unknown } | { readonly isWarming: true }): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      last += 1;
      waiting.set(last, { resolve, reject });
      worker.postMessage({ id: last, ...work });
    });
  return {
    invoke: (event) => ask({ event }),
    warm: async () => void (await ask({ isWarming: true })),
    spentMs: async () => {
      const { user, system } = await worker.cpuUsage();
      return (user + system) / 1_000;
    },
    close: async () => {
      await worker.terminate();
      const closed = once(log, "close");
      log.end();
      // Windows does not remove a folder with an open file.
      await closed;
    },
  };
}
