import { spawn } from "node:child_process";
import { once } from "node:events";
import { fstatSync } from "node:fs";
import { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { PassOn, TAIL_BYTES } from "../../../client/process/pass-on.ts";

/** Reader of stderr that takes each piece after a time. */
class Reader extends Writable {
  readonly taken: Buffer[] = [];
  readonly #take: (done: (error?: Error) => void) => void;

  constructor(take: (done: (error?: Error) => void) => void = (done) => done()) {
    super({ highWaterMark: 1 });
    this.#take = take;
    this.on("error", () => {});
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.taken.push(Buffer.from(chunk));
    this.#take(done);
  }

  get text(): string {
    return Buffer.concat(this.taken).toString("latin1");
  }
}

async function start(script: string, reader: Reader) {
  const passOn = await PassOn.open(reader);
  if (!passOn) throw new Error("there is no pipe");
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "ignore", passOn.stderr] });
  passOn.begin(child);
  return { passOn, child, exited: once(child, "exit") };
}

async function run(script: string, reader = new Reader()): Promise<{ reader: Reader; passOn: PassOn; code: unknown }> {
  const { passOn, exited } = await start(script, reader);
  const [code] = await exited;
  await passOn.finish();
  return { reader, passOn, code };
}

describe.runIf(process.platform !== "win32")("a command's stderr that is passed on", () => {
  it("arrives unchanged and in order, whatever its bytes are", async () => {
    const { reader, passOn } = await run(`for i in 1 2 3; do printf "$i\\0\\377\\033[31m\\r\\n" >&2; done`);
    const whole = [1, 2, 3].map((i) => `${i}\0\xff\u001b[31m\r\n`).join("");
    expect([reader.text, passOn.tail]).toEqual([whole, whole]);
  });

  it("is a pipe, which a program can open by the name of stderr", async () => {
    const { reader, code } = await run("echo one > /dev/stderr && echo two >&2");
    expect([code, reader.text]).toEqual([0, "one\ntwo\n"]);
  });

  it("arrives whole where the command floods, and only its end is remembered", async () => {
    const { reader, passOn } = await run("seq 1 400000 >&2");
    const whole = Array.from({ length: 400_000 }, (_, index) => `${index + 1}\n`).join("");
    expect(reader.text === whole).toBe(true);
    expect(passOn.tail).toBe(whole.slice(-TAIL_BYTES));
  });

  it("waits for its reader, and the command with it", async () => {
    const reader = new Reader(() => {});
    const { child, exited } = await start("seq 1 400000 >&2", reader);
    await sleep(300);
    expect([child.exitCode, reader.taken.length]).toEqual([null, 1]);
    child.kill("SIGKILL");
    await exited;
    reader.destroy();
  });

  it("arrives whole at a reader that is slower than the command's end", async () => {
    const { reader } = await run("seq 1 20000 >&2", new Reader((done) => void setTimeout(done, 250)));
    expect(reader.text.endsWith("\n19999\n20000\n")).toBe(true);
  });

  it("ends for the command where its reader is gone", async () => {
    const { code } = await run("yes >&2; exit 7", new Reader((done) => done(new Error("EPIPE"))));
    expect(code).toBe(7);
  });

  it.each([
    ["is silent", "sleep 20 & echo end >&2"],
    ["floods", "yes >&2 & echo end >&2"],
  ])("is not waited for where a program that the command left behind %s", async (_, script) => {
    const began = performance.now();
    const { reader } = await run(script);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(reader.text).toContain("end\n");
  });

  it("is held by the command alone, so that it ends with the command", async () => {
    const { passOn, exited } = await start("true", new Reader());
    expect(() => fstatSync(Number(passOn.stderr))).toThrow("EBADF");
    await exited;
    await passOn.finish();
  });

  it("is the command's own where no pipe can be made", async () => {
    process.env.TMPDIR = "/nowhere";
    expect(await PassOn.open(new Reader())).toBeUndefined();
    delete process.env.TMPDIR;
  });
});
