import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";

/** Standard output of a call: a file without a name, to which the command and its program append. */
export class KeptOutput extends Writable {
  readonly isTTY = false;
  readonly fd: number;
  #text: string | undefined;

  constructor() {
    super();
    const folder = mkdtempSync(join(tmpdir(), "valetkey-output-"));
    this.fd = openSync(join(folder, "output"), "a+");
    rmSync(folder, { recursive: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    writeSync(this.fd, chunk);
    done();
  }

  /** Returns all that was written until now, or until the stream was closed. */
  text(): string {
    return this.#text ?? this.#read();
  }

  close(): void {
    this.#text = this.#read();
    closeSync(this.fd);
  }

  #read(): string {
    const bytes = Buffer.alloc(fstatSync(this.fd).size);
    readSync(this.fd, bytes, 0, bytes.length, 0);
    return bytes.toString("utf8");
  }
}

/** Runs the work with these standard output streams, and nothing to read on standard input. */
export async function withStreams<T>(stdout: KeptOutput, stderr: KeptOutput, work: () => Promise<T>): Promise<T> {
  const stdin = Object.assign(Readable.from([]), { fd: openSync(devNull, "r"), isTTY: false });
  const before = Object.entries(Object.getOwnPropertyDescriptors(process)).filter(([name]) => /^std/.test(name));
  for (const [name, value] of Object.entries({ stdin, stdout, stderr }))
    Object.defineProperty(process, name, { configurable: true, enumerable: true, value });
  try {
    return await work();
  } finally {
    for (const [name, descriptor] of before) Object.defineProperty(process, name, descriptor);
    stdout.close();
    stderr.close();
    closeSync(stdin.fd);
  }
}
