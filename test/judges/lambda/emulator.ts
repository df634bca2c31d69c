import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { freePorts } from "../../../local/emulator/free-ports.ts";
import type { DeployedFunction } from "./deployed.ts";

/** Programs of Lambda: the emulator of its runtime interface, and its runtime for Node.js. */
export interface Programs {
  readonly emulator: string;
  readonly runtime: string;
}

/** End of an invocation as Lambda sees it. */
export type Ended =
  | { readonly outcome: "answer"; readonly answer: unknown }
  | { readonly outcome: "error" | "timeout"; readonly what: string };

/** Function in Lambda's own runtime, in one execution environment, which works on one event at a time. */
export class EmulatedFunction {
  readonly deployed: Pick<
    DeployedFunction,
    "name" | "folder" | "handler" | "timeoutSeconds" | "memoryMb" | "logFormat"
  >;
  /** Everything that the function has written, without the emulator's own lines. */
  readonly lines: string[] = [];
  readonly #programs: Programs;
  readonly #environment: Readonly<Record<string, string>>;
  #running: Promise<unknown> = Promise.resolve();
  #started: Promise<{ readonly process: ChildProcess; readonly url: string }> | undefined;

  /** @param environment every variable of the function, the keys of its role included; no other variable is set. */
  constructor(
    deployed: EmulatedFunction["deployed"],
    environment: Readonly<Record<string, string>>,
    programs: Programs,
  ) {
    this.deployed = deployed;
    this.#environment = environment;
    this.#programs = programs;
  }

  /** Invokes the function after its earlier events. */
  invoke(event: unknown): Promise<Ended> {
    const ended = this.#running.then(() => this.#invokeNow(event));
    this.#running = ended.catch(() => undefined);
    return ended;
  }

  async close(): Promise<void> {
    if (!this.#started) return;
    const { process } = await this.#started;
    if (process.exitCode !== null || process.signalCode !== null) return;
    process.kill("SIGTERM");
    await once(process, "close");
  }

  async #invokeNow(event: unknown): Promise<Ended> {
    this.#started ??= this.#start();
    const { url } = await this.#started;
    const response = await fetch(url, { method: "POST", body: JSON.stringify(event) });
    const text = await response.text();
    if (/^Task timed out after [\d.]+ seconds$/.test(text)) return { outcome: "timeout", what: text };
    if (response.status !== 200) return { outcome: "error", what: `${response.status} ${text}` };
    const answer: unknown = text === "" ? null : JSON.parse(text);
    // The emulator answers 200 for an error of the function too.
    const { errorType: type, errorMessage: message } = Object(answer);
    return typeof type === "string" && typeof message === "string"
      ? { outcome: "error", what: `${type}: ${message}` }
      : { outcome: "answer", answer };
  }

  async #start() {
    const { name, folder, handler, timeoutSeconds, memoryMb, logFormat } = this.deployed;
    const [port = 0, api = 0] = await freePorts(2);
    const at = [
      "--runtime-interface-emulator-address",
      `127.0.0.1:${port}`,
      "--runtime-api-address",
      `127.0.0.1:${api}`,
    ];
    const started = spawn(
      this.#programs.emulator,
      ["--log-level", "error", ...at, process.execPath, this.#programs.runtime, handler],
      {
        cwd: folder,
        env: {
          PATH: "/usr/bin:/bin",
          LAMBDA_TASK_ROOT: folder,
          AWS_EXECUTION_ENV: `AWS_Lambda_nodejs${process.versions.node.split(".")[0]}.x`,
          AWS_LAMBDA_FUNCTION_NAME: name,
          AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeoutSeconds),
          AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
          AWS_LAMBDA_LOG_FORMAT: logFormat,
          ...this.#environment,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    for (const stream of [started.stdout, started.stderr]) this.#read(stream);
    const url = `http://127.0.0.1:${port}/2015-03-31/functions/function/invocations`;
    await listening(url, started);
    return { process: started, url };
  }

  #read(stream: NodeJS.ReadableStream): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines.filter((line) => line !== "" && !OWN_LINE.test(line)));
    });
    stream.on("end", () => {
      if (rest !== "") this.lines.push(rest);
    });
  }
}

/** Lines of the emulator: Lambda's own about each run, and its log. */
const OWN_LINE = /^((START|END|REPORT|XRAY) RequestId: |\d\d \w{3} \d{4} [\d:,]+ \[\w+\] )/;

/** Resolves when the emulator listens: it answers any GET. @throws where it has ended. */
async function listening(url: string, { exitCode }: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await fetch(new URL("/", url)).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`the emulator does not listen (${exitCode})`);
}
