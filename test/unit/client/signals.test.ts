import type { ChildProcess } from "node:child_process";
import { afterEach, describe, expect, it } from "vitest";
import { Signals } from "../../../client/process/signals.ts";

/** As much of a command as a signal needs. */
function fakeChild(): { child: ChildProcess; got: string[] } {
  const got: string[] = [];
  return { child: { kill: (signal: string) => got.push(signal) } as unknown as ChildProcess, got };
}

let signals: Signals;
afterEach(() => signals.release());
const emit = (signal: "SIGHUP" | "SIGQUIT") => process.emit(signal, signal);

describe("a signal", () => {
  it("goes to the command", () => {
    signals = new Signals({ isTerminal: false, isNpx: false });
    const { child, got } = fakeChild();
    signals.forwardTo(child);
    emit("SIGQUIT");
    emit("SIGHUP");
    expect([got, signals.received]).toEqual([["SIGQUIT", "SIGHUP"], "SIGQUIT"]);
  });

  it("that came while the command was being started reaches it too", () => {
    signals = new Signals({ isTerminal: true, isNpx: false });
    emit("SIGQUIT");
    const { child, got } = fakeChild();
    signals.forwardTo(child);
    expect(got).toEqual(["SIGQUIT"]);
  });

  it("that a terminal has sent to the command already is not sent twice", () => {
    signals = new Signals({ isTerminal: true, isNpx: false });
    const { child, got } = fakeChild();
    signals.forwardTo(child);
    emit("SIGQUIT");
    emit("SIGHUP");
    expect(got).toEqual(["SIGHUP"]);
  });

  it("is nobody's business after the release", () => {
    signals = new Signals({ isTerminal: false, isNpx: false });
    const before = process.listenerCount("SIGTERM");
    signals.release();
    expect(process.listenerCount("SIGTERM")).toBe(before - 1);
  });
});
