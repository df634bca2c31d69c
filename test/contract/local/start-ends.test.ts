import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { isListening } from "../../../local/emulator/free-ports.ts";
import { freeNeighbours } from "../../harness/free-neighbours.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
/** Milliseconds within which every process has to end. More where the machine has more to do than it has cores. */
const withinMs = (): number => 3_000 * Math.max(1, (loadavg()[0] ?? 0) / availableParallelism());

// Windows has no signals: Ctrl-C reaches the whole console there, and nothing else is passed on.
describe.runIf(process.platform !== "win32")("SIGTERM to `npm start` ends all of it, within 3 s", () => {
  it.each([
    ["while the guided tour is on", "Embedded AWS on", []],
    ["while it serves, with a database", "End with Ctrl-C", ["--tour", "all"]],
  ])("%s", async (_, line, acts) => {
    const ports = await freeNeighbours();
    const npm = spawn("npm", ["start", "--", "--first-port", String(ports.api), ...acts], { cwd: ROOT });
    await printed(npm, line);
    const family = descendants(npm.pid ?? 0);
    expect(family.length).toBeGreaterThan(1);
    npm.kill("SIGTERM");
    const [beganAt, limitMs] = [performance.now(), withinMs()];
    let left: readonly string[] = ["not looked at yet"];
    while (left.length > 0 && performance.now() < beganAt + limitMs) left = await leftOf(family, Object.values(ports));
    expect(left).toEqual([]);
  });
});

function printed(npm: ChildProcessWithoutNullStreams, line: string): Promise<void> {
  return new Promise((done, failed) => {
    let text = "";
    const read = (chunk: Buffer): void => {
      text += chunk.toString();
      if (text.includes(line)) done();
    };
    npm.stdout.on("data", read);
    npm.stderr.on("data", read);
    npm.once("exit", () => failed(new Error(`npm start ended before it said "${line}":\n${text}`)));
  });
}

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** The process, and all that it started. */
function descendants(pid: number): readonly number[] {
  const all = running();
  const below = (of: number): readonly number[] => [
    of,
    ...all.filter(({ parent }) => parent === of).flatMap((child) => below(child.pid)),
  ];
  return below(pid);
}

function running(): readonly Running[] {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat=,comm="], { encoding: "utf8" }).trim().split("\n");
  return lines.flatMap((line) => {
    const [pid, parent, state = "", ...command] = line.trim().split(/\s+/);
    // A zombie has ended; its parent has not collected it yet.
    return state.startsWith("Z") ? [] : [{ pid: Number(pid), parent: Number(parent), command: command.join(" ") }];
  });
}

async function leftOf(family: readonly number[], ports: readonly number[]): Promise<readonly string[]> {
  const processes = running().filter(({ pid }) => family.includes(pid));
  const open = await Promise.all(ports.map(async (port) => ((await isListening(port)) ? [`port ${port}`] : [])));
  return [...processes.map(({ pid, command }) => `${pid} ${command}`), ...open.flat()];
}
