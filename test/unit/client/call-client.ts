import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "../../../client/main.ts";
import { COMPILED } from "../../../local/compiled.ts";
import { KeptOutput, withStreams } from "./kept-streams.ts";
import { execArgs, IDENTITY, lineWith, type Program, type Run, type Running } from "./run-client.ts";

const MANIFEST = new URL("../../../package.json", import.meta.url);

/** Time after its end in which a command may still let go of timers and programs; milliseconds. */
const LETS_GO_MS = 1_000;
/** Time between two looks at a command's output; milliseconds. */
const LOOKS_MS = 5;

let last: Promise<unknown> = Promise.resolve();

/** Command that is called, and may be at work. */
export type Called = Pick<Running, "kill" | "printed" | "said" | "ended">;

/**
 * Calls the command in this process, with nothing in its environment but what is given. `client/valetkey.ts` runs the
 * same in a process of its own. For tests of a command's requests and output, since a process costs more CPU time than
 * most commands. Tests of the process itself (its end by a signal, standard input, core files, loaded modules) start
 * one with `runClient`. Calls wait for each other, since they share the standard streams and the environment.
 * @param command command to call; the client unless given.
 * @throws {Error} where the command leaves a timer or a program behind, with which its process would not end.
 */
export const callClient = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command: typeof main = main,
): Promise<Run> => startCall(args, env, command).ended;

/** Makes a call of `valetkey exec` that uses a test's service and a usual identity. */
export const execAt =
  (service: () => { readonly url: string }) =>
  (program: string | Program, options: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    callClient(execArgs(service().url, program, options), { ...IDENTITY, ...env });

/** Calls the command as `callClient` does, for tests that do something while it is at work. */
export function startCall(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command: typeof main = main,
): Called {
  const [stdout, stderr] = [new KeptOutput(), new KeptOutput()];
  let isOver = false;
  const call = async (): Promise<Run> => {
    const code = await leavingNothing(`valetkey ${args.join(" ")}`, () => command(args, process.env, MANIFEST));
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
  };
  const ended = last
    .then(() => inEnvironment(env, () => withStreams(stdout, stderr, call)))
    .finally(() => {
      isOver = true;
    });
  last = ended.catch(() => undefined);
  const seen = async <T>(what: string, find: () => T | undefined): Promise<T> => {
    for (;;) {
      const wasOver = isOver;
      const found = find();
      if (found !== undefined) return found;
      if (wasOver) throw new Error(`valetkey ${args.join(" ")} ended and never said ${what}: ${stderr.text()}`);
      await sleep(LOOKS_MS);
    }
  };
  return {
    kill: (signal) => void (isOver || signalThis(signal)),
    printed: async (text) => void (await seen(text, () => stdout.text().includes(text) || undefined)),
    said: (text) => seen(text, () => lineWith(text, stderr.text())),
    ended,
  };
}

/**
 * Sends a signal to this process, where the command handles it. A command in a process of its own would go on after it.
 */
function signalThis(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) === 0) throw new Error(`${signal} would end the command's process`);
  process.kill(process.pid, signal);
}

/** Runs the work with the environment that `runClient` gives to a process. */
async function inEnvironment<T>(env: Readonly<Record<string, string>>, work: () => Promise<T>): Promise<T> {
  const before = process.env;
  process.env = { PATH: before.PATH ?? "", NODE_COMPILE_CACHE: COMPILED, ...env };
  try {
    return await work();
  } finally {
    process.env = before;
  }
}

/** Handle of Node that may keep its process alive. */
interface Held {
  hasRef(): boolean;
}

/**
 * Runs the work, and fails where one of its timers or programs would keep the process alive. Those of others do not
 * count.
 * @param what names the work in the error.
 */
async function leavingNothing<T>(what: string, work: () => Promise<T>): Promise<T> {
  const inside = new AsyncLocalStorage<true>();
  const started = new Map<number, Held>();
  const hook = createHook({
    init: (id, type, _trigger, resource) => {
      if ((type === "Timeout" || type === "PROCESSWRAP") && inside.getStore()) started.set(id, resource as Held);
    },
    destroy: (id) => void started.delete(id),
  }).enable();
  try {
    const result = await inside.run(true, work);
    const until = performance.now() + LETS_GO_MS;
    while ([...started.values()].some((each) => each.hasRef())) {
      if (performance.now() > until) throw new Error(`${what} leaves a timer or a program behind`);
      await sleep(5);
    }
    return result;
  } finally {
    hook.disable();
  }
}
