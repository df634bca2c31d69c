import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { main } from "../../../client/main.ts";
import { COMPILED } from "../../../local/compiled.ts";
import type { Run } from "./run-client.ts";

const MANIFEST = new URL("../../../package.json", import.meta.url);

/** Time after its end in which a command may still let go of timers and programs; milliseconds. */
const LETS_GO_MS = 1_000;

let last: Promise<unknown> = Promise.resolve();

/**
 * Calls the command in this process, as `client/valetkey.ts` does in one of its own: with nothing in its environment but what is given. For tests of what a
 * command asks and says, since a process costs more CPU time than most commands. Tests of the process itself (signals, standard input, core files, what is
 * loaded) start one with `runClient`. Calls wait for each other, since they share the standard streams and the environment.
 * @param command what is called: the client unless given.
 * @throws {Error} where the command leaves a timer or a program behind, with which its process would not end.
 */
export function callClient(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  command: typeof main = main,
): Promise<Run> {
  const call = last.then(() => inEnvironment(env, () => called(args, command)));
  last = call.catch(() => undefined);
  return call;
}

async function called(args: readonly string[], command: typeof main): Promise<Run> {
  const [stdout, stderr] = [kept(process.stdout), kept(process.stderr)];
  const onError = process.stderr.listeners("error");
  try {
    const code = await leavingNothing(`valetkey ${args.join(" ")}`, () => command(args, process.env, MANIFEST));
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    for (const stream of [stdout, stderr]) stream.restore();
    for (const listener of process.stderr.listeners("error"))
      if (!onError.includes(listener)) process.stderr.off("error", listener as () => void);
  }
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

/** Keeps what is written to a stream. */
function kept(stream: NodeJS.WriteStream) {
  const { write } = stream;
  let text = "";
  stream.write = (data: string | Uint8Array, ...rest: unknown[]) => {
    text += typeof data === "string" ? data : Buffer.from(data).toString("utf8");
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  return {
    text: () => text,
    restore: () => {
      stream.write = write;
    },
  };
}

/** Handle of Node that may keep its process alive. */
interface Held {
  hasRef(): boolean;
}

/**
 * Runs the work, and fails where a timer or a program that it started would keep its process alive; those of others in this process do not count.
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
