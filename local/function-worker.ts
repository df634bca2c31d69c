import { flushCompileCache } from "node:module";
import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";

/**
 * Hides the exports of `node:http` that load undici. An `import` of the module reads every export, which takes some 20
 * ms of CPU time in each thread. No function uses them.
 */
const http = process.getBuiltinModule("node:http");
for (const name of ["WebSocket", "CloseEvent", "MessageEvent"]) Object.defineProperty(http, name, { value: undefined });

/** Bundle of the one function in this thread. Each message is an event, and is answered by a message. */
const { file, isWatching } = workerData as { readonly file: string; readonly isWatching: boolean };
// In AWS, each function has a CPU of its own. On Linux, a priority is the thread's; elsewhere the whole process has one.
if (isWatching && process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
const imported = import(file) as Promise<{
  readonly handler: (event: unknown, context: unknown) => Promise<unknown>;
}>;
// Writes the compile cache for the next start: a terminated worker does not write it.
imported.then(
  () => flushCompileCache(),
  () => undefined,
);

interface Work {
  readonly id: number;
  readonly event?: unknown;
  /** True only loads the function. */
  readonly isWarming?: true;
}

parentPort?.on("message", async ({ id, event, isWarming }: Work) => {
  try {
    const { handler } = await imported;
    if (isWarming) return parentPort?.postMessage({ id });
    const value = await handler(event, { awsRequestId: String(id), getRemainingTimeInMillis: () => 10_000 });
    parentPort?.postMessage({ id, value });
  } catch (error) {
    parentPort?.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
