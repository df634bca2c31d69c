import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { programsOf, runProgram } from "../../../../client/mcp/run-program.ts";

/** Longer than any of these tests waits: whoever waits for its end has not killed it. */
const LONG_SECONDS = 60;

const shell = () => {
  const [sh] = programsOf(["sh"], { PATH: process.env.PATH });
  if (!sh) throw new Error("no sh");
  return sh;
};

/** Runs a shell that starts a child of its own and waits. @returns how long that took; milliseconds. */
async function runsFor(timeoutMs: number, signal: AbortSignal) {
  const beganAtMs = performance.now();
  const given = {
    folder: tmpdir(),
    env: { PATH: process.env.PATH ?? "" },
    timeoutMs,
    signal,
    secrets: () => [],
  };
  const ran = await runProgram(shell(), ["-c", `sleep ${LONG_SECONDS} & sleep ${LONG_SECONDS}`], given);
  return { ...ran, tookMs: performance.now() - beganAtMs };
}

describe("a program of run_with_access", () => {
  it("is killed at its time-out with the processes that it started, which hold its output open", async () => {
    const { isTimedOut, signal, tookMs } = await runsFor(200, new AbortController().signal);
    expect([isTimedOut, signal]).toEqual([true, "SIGKILL"]);
    expect(tookMs).toBeLessThan((LONG_SECONDS * 1_000) / 2);
  });

  it("is killed where its request is cancelled", async () => {
    const controller = new AbortController();
    const running = runsFor(LONG_SECONDS * 2_000, controller.signal);
    setTimeout(() => controller.abort(), 100);
    const { isTimedOut, signal, tookMs } = await running;
    expect([isTimedOut, signal]).toEqual([false, "SIGKILL"]);
    expect(tookMs).toBeLessThan((LONG_SECONDS * 1_000) / 2);
  });

  it("has a name of its own: two files of one name are refused", () => {
    const { file } = shell();
    expect(() => programsOf(["sh", "/bin/sh", file], { PATH: "/bin:/usr/bin" })).toThrow(/two programs are called/);
  });
});
