import { type ChildProcess, execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** Longest end of the output that is remembered; bytes. */
export const TAIL_BYTES = 65_536;
/** Silence after the command's end from which nothing more is expected; milliseconds. A program that the command left behind may hold its stderr open. */
const SILENCE_MS = 200;
/** Most that is passed on after the command's end; bytes. A pipe of Linux holds 1 MiB at most: whatever is more comes from a program that was left behind. */
const LEFT_BYTES = 2_097_152;
/** Longest wait for `mkfifo`; milliseconds. */
const MKFIFO_MS = 2_000;

/** Both ends of a named pipe, as file descriptors. */
interface Pipe {
  readonly read: number;
  readonly write: number;
}

/**
 * Passes a command's stderr on, byte for byte and no faster than it is read, and remembers its end. The command gets a pipe: Node's own `pipe` is a
 * socket on Unix, where `> /dev/stderr` fails.
 */
export class PassOn {
  readonly #to: Writable;
  readonly #pipe: Pipe | undefined;
  #source: Readable | undefined;
  #copied: Promise<void> = Promise.resolve();
  #isCopied = false;
  #isWriting = false;
  #bytes = 0;
  #tail = Buffer.alloc(0);

  private constructor(to: Writable, pipe?: Pipe) {
    this.#to = to;
    this.#pipe = pipe;
  }

  /** Makes the pipe. Returns undefined where there can be none, such as without a folder to write to. */
  static async open(to: Writable, platform: string = process.platform): Promise<PassOn | undefined> {
    if (platform === "win32") return new PassOn(to);
    const pipe = await namedPipe();
    return pipe && new PassOn(to, pipe);
  }

  /** Stderr of the command, for `spawn`. */
  get stderr(): number | "pipe" {
    return this.#pipe?.write ?? "pipe";
  }

  /** Begins to copy. Must be called once after `stderr` was used, also where the command could not be started. */
  begin(child: ChildProcess | undefined): void {
    // With this end open here, the pipe would never end.
    if (this.#pipe) closeSync(this.#pipe.write);
    const source = this.#pipe ? new Socket({ fd: this.#pipe.read, readable: true, writable: false }) : child?.stderr;
    if (!source) return;
    this.#source = source;
    this.#copied = this.#copy(source).finally(() => {
      this.#isCopied = true;
    });
  }

  /** Waits, after the command's end, until all that it wrote is passed on. Closes the pipe of a program that it left behind. */
  async finish(): Promise<void> {
    const before = this.#bytes;
    while (this.#source && !this.#isCopied) {
      const seen = this.#bytes;
      await Promise.race([this.#copied, sleep(SILENCE_MS, undefined, { ref: false })]);
      const isSilent = this.#bytes === seen && !this.#isWriting;
      if (isSilent || this.#bytes - before > LEFT_BYTES) this.#source.destroy();
    }
  }

  /** End of the output so far. Others wrote it: it can hold anything. */
  get tail(): string {
    return this.#tail.toString("latin1");
  }

  async #copy(source: Readable): Promise<void> {
    try {
      for await (const chunk of source as AsyncIterable<Buffer>) {
        this.#bytes += chunk.length;
        this.#tail = Buffer.concat([this.#tail, chunk]).subarray(-TAIL_BYTES);
        this.#isWriting = true;
        const isGone = await new Promise<boolean>((resolve) => this.#to.write(chunk, (error) => resolve(!!error)));
        this.#isWriting = false;
        // Leaving the loop closes the pipe: the command learns that nobody reads, as it would without a pipe between.
        if (isGone) return;
      }
    } catch {
      // The pipe was closed by `finish`.
    }
  }
}

async function namedPipe(): Promise<Pipe | undefined> {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "valetkey-"));
    const path = join(folder, "stderr");
    await promisify(execFile)("mkfifo", ["-m", "600", path], { timeout: MKFIFO_MS });
    // Opening an end blocks until the other is open, unless it is the end to read from, and does not wait.
    const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { read, write: openSync(path, constants.O_WRONLY) };
  } catch {
    return undefined;
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
